/** `-s`: finds the serving process by the configuration's pid file and signals it. */

import { constants } from "node:os";
import { getSystemErrorMap } from "node:util";
import { PidFileError, pidPathOf, readPidFile } from "../process/pid-file.ts";
import { openCommand } from "./open-command.ts";
import type { ConfigOptions, SignalWord } from "./options.ts";
import { reportDiagnostics } from "./report-diagnostics.ts";

const SIGNALS: Readonly<Record<SignalWord, NodeJS.Signals>> = { stop: "SIGTERM", quit: "SIGQUIT", reopen: "SIGUSR1", reload: "SIGHUP" };

/** Returns the exit code. As nginx: a bad configuration signals nobody, so that a reload of one fails here. */
export function sendSignal(options: ConfigOptions, word: SignalWord): number {
  const { paths, startLog, load } = openCommand(options);
  const loaded = load();
  reportDiagnostics(loaded.diagnostics, ["warn", "emerg"], startLog);
  if (loaded.snapshot === undefined) return 1;
  startLog.report("notice", "signal process started");
  const name = SIGNALS[word];
  try {
    const pid = readPidFile(pidPathOf(loaded.main.pid, paths.prefix));
    return kill(pid, name, (message) => startLog.report("alert", message));
  } catch (error) {
    if (!(error instanceof PidFileError)) throw error;
    startLog.report("error", error.message);
    return 1;
  }
}

function kill(pid: number, name: NodeJS.Signals, reportFailure: (message: string) => void): number {
  try {
    process.kill(pid, name);
    return 0;
  } catch (error) {
    const errno = (error as NodeJS.ErrnoException).errno ?? 0;
    // Node.js leaves the system's text out of what process.kill throws.
    const text = getSystemErrorMap().get(errno)?.[1] ?? "unknown error";
    reportFailure(`kill(${pid}, ${constants.signals[name]}) failed (${-errno}: ${text.charAt(0).toUpperCase()}${text.slice(1)})`);
    return 1;
  }
}
