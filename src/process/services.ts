/** What outlives snapshots: one per process, lent to every configuration that is loaded in it, released when the process ends. */

import type { Services } from "../http/module.ts";
import { createErrorLogs } from "../log/create-error-logs.ts";
import { createLogFiles } from "../log/create-log-files.ts";
import { describeSystemError } from "../log/system-error.ts";
import { ConnectionBudget } from "../net/connection-budget.ts";
import { Deadlines } from "../net/deadlines.ts";
import { connectionsWithin, readOpenFilesLimit } from "../net/open-files-limit.ts";
import { ProcessLog } from "./process-log.ts";
import { giveToUser, type SystemUser } from "./system-user.ts";

export interface ProcessServices extends Services {
  /** Where the process itself writes; `use` it as soon as a log is known. */
  readonly log: ProcessLog;
  /** Everything that was asked for with `shared`, by its key. */
  sharedEntries(): ReadonlyMap<string, unknown>;
  /** USR1: opens every log file again; failures are logged and the former files stay. */
  reopenLogs(): void;
  /** The same in a master whose workers are another user: they could not open the new files without having been given them. */
  reopenLogsFor(user: SystemUser | undefined): void;
  /** Runs what was given to `onExit`, the last first, then flushes and closes the logs. Settles when the last line is on its way. */
  release(): Promise<void>;
}

export function createServices(): ProcessServices {
  const log = new ProcessLog();
  const errorLogs = createErrorLogs();
  const logFiles = createLogFiles((level, message) => log.write(level, undefined, message));
  const kept = new Map<string, unknown>();
  const logPaths = new Set<string>();
  const releases: (() => void)[] = [];

  const reopenLogs = (): void => {
    for (const failure of [...errorLogs.reopen(), ...logFiles.reopen()]) {
      log.write("emerg", undefined, `open() failed (${describeSystemError(failure)})`);
    }
  };

  return {
    deadlines: new Deadlines(),
    connections: new ConnectionBudget(connectionsWithin(readOpenFilesLimit())),
    logFiles: {
      ...logFiles,
      open(path, buffering) {
        logPaths.add(path);
        return logFiles.open(path, buffering);
      },
    },
    errorLogs: {
      ...errorLogs,
      open(targets) {
        for (const { path, syslog } of targets) if (syslog === undefined) logPaths.add(path);
        return errorLogs.open(targets);
      },
    },
    log,
    shared<T>(key: string, create: () => T): T {
      if (!kept.has(key)) kept.set(key, create());
      // The cast holds as long as a key stands for one type: whoever chooses a key also names its type.
      return kept.get(key) as T;
    },
    sharedEntries: () => kept,
    onExit(release) {
      releases.push(release);
    },
    reopenLogs,
    reopenLogsFor(user) {
      reopenLogs();
      if (user !== undefined) for (const path of logPaths) giveLog(path, user, log);
    },
    async release() {
      for (const release of releases.splice(0).reverse()) runRelease(release, log);
      await Promise.all([logFiles.close(), errorLogs.close()]);
    },
  };
}

/** One that fails must not keep the others from running. */
function runRelease(release: () => void, log: ProcessLog): void {
  try {
    release();
  } catch (error) {
    log.write("alert", undefined, `release failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

/** Streams and devices stay whose they are. */
function giveLog(path: string, user: SystemUser, log: ProcessLog): void {
  if (path === "stderr" || path.startsWith("/dev/")) return;
  try {
    giveToUser(path, user);
  } catch (error) {
    log.write("alert", undefined, `chown("${path}", ${user.uid}) failed (${describeSystemError(error as NodeJS.ErrnoException)})`);
  }
}
