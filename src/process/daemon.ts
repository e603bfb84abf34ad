/** `daemon on`: the program starts itself again, detached, and waits until that one serves. Both ends of it are here. */

import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import type { ErrorLogTarget } from "../log/create-error-logs.ts";

/** Tells a started process that it is the daemon; taken out of the environment when read. */
const DAEMON_ENV = "FOREGATE_DAEMON";

/** What the daemon tells the process that started it. */
type DaemonMessage = { readonly line: string } | { readonly ready: true };

/** The daemon's side: its messages go to the terminal of who started it until it serves. */
export interface DaemonParent {
  readonly print: (line: string) => void;
  /** The parent may exit: everything is served. */
  readonly ready: () => void;
}

/** Undefined in a process that is not the daemon. */
export function findDaemonParent(): DaemonParent | undefined {
  if (process.env[DAEMON_ENV] === undefined) return undefined;
  delete process.env[DAEMON_ENV];
  // A parent that is gone hears nothing; that is no reason to stop.
  const tell = (message: DaemonMessage): void => {
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  };
  return {
    print: (line) => tell({ line }),
    ready: () => {
      tell({ ready: true });
    },
  };
}

/** Resolves with the exit code: 0 once the daemon serves, its own when it ends before. `logs` say where its stderr goes. */
export function launchDaemon(logs: readonly ErrorLogTarget[], print: (line: string) => void): Promise<number> {
  const stderr = openStderr(logs);
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ["ignore", "ignore", stderr ?? "inherit", "ipc"],
    env: { ...process.env, [DAEMON_ENV]: "1" },
  });
  if (stderr !== undefined) closeSync(stderr);
  return new Promise((resolve) => {
    child.on("message", (message: DaemonMessage) => {
      if ("line" in message) {
        print(message.line);
        return;
      }
      child.disconnect();
      resolve(0);
    });
    child.on("error", (error) => {
      print(`foregate: [emerg] spawn() failed: ${error.message}`);
      resolve(1);
    });
    child.on("exit", (code) => resolve(code === null || code === 0 ? 1 : code));
  });
}

/** nginx: a daemon's stderr is its error log, so that what the runtime itself says is not lost. */
function openStderr(logs: readonly ErrorLogTarget[]): number | undefined {
  const file = logs.find(({ path, syslog }) => syslog === undefined && path !== "stderr" && !path.startsWith("/dev/"));
  return file === undefined ? undefined : openSync(Buffer.from(file.path, "latin1"), "a");
}
