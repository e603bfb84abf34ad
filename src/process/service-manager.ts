/** Tells systemd how the service is (sd_notify(3)), through systemd-notify(1): Node.js has no sockets of the kind that systemd listens on. */

import { execFile } from "node:child_process";
import type { ErrorLog } from "../log/error-log.ts";

export interface ServiceManager {
  /** Every worker accepts; also the end of a reload. */
  readonly ready: () => void;
  readonly reloading: () => void;
  readonly stopping: () => void;
}

const NOTIFY_TIMEOUT_MS = 5000;

/** Does nothing where no service manager asks to be told. */
export function createServiceManager(log: ErrorLog): ServiceManager {
  const { NOTIFY_SOCKET: socket } = process.env;
  // Messages are sent one after the other: "ready" must not overtake "reloading".
  let sent: Promise<void> = Promise.resolve();
  const notify = (...states: readonly string[]): void => {
    if (socket !== undefined && socket !== "") sent = sent.then(() => send(states, log));
  };
  return {
    ready: () => notify("READY=1", `MAINPID=${process.pid}`),
    // CLOCK_MONOTONIC, which Node.js counts by as systemd does.
    reloading: () => notify("RELOADING=1", `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: () => notify("STOPPING=1"),
  };
}

/** A service manager that cannot be told is no reason to stop: it is logged. */
function send(states: readonly string[], log: ErrorLog): Promise<void> {
  return new Promise((resolve) => {
    execFile("systemd-notify", [...states], { timeout: NOTIFY_TIMEOUT_MS }, (error) => {
      if (error !== null) log.write("warn", undefined, `systemd-notify ${states.join(" ")} failed: ${error.message.trim()}`);
      resolve();
    });
  });
}
