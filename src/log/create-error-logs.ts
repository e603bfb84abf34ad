/**
 * Opens error logs: one file per path however many blocks name it, or a syslog server; filtered by level, as nginx's lines or as JSON (pino).
 */

import { type ErrorLog, LOG_LEVELS, type LogContext, type LogLevel } from "./error-log.ts";
import { ErrorLogFile } from "./error-log-file.ts";
import { fileSink, type LineSink, syslogSink } from "./error-log-sink.ts";
import { createLineWriter, type LineWriter } from "./error-log-writer.ts";
import { SyslogSenders } from "./syslog-senders.ts";
import type { SyslogTarget } from "./syslog-target.ts";

/** One `error_log` directive. */
export interface ErrorLogTarget {
  /** Absolute path, "stderr", or `syslog:` and what follows, as written. */
  readonly path: string;
  /** The most talkative level written. */
  readonly level: LogLevel;
  readonly format: "text" | "json";
  /** Where lines go instead of a file. */
  readonly syslog?: SyslogTarget;
}

export interface ErrorLogs {
  /** The log that writes to all of the targets; equal targets give the same log. Throws the system's error when a file cannot be opened. */
  open(targets: readonly ErrorLogTarget[]): ErrorLog;
  /** USR1: opens every path again; a file that cannot be opened stays the former one. Returns the failures. */
  reopen(): readonly Error[];
  /** Settles when what goes to syslog servers is sent, too. */
  close(): Promise<void>;
}

export function createErrorLogs(): ErrorLogs {
  const files = new Map<string, ErrorLogFile>();
  const logs = new Map<string, TeeErrorLog>();
  // What syslog loses is told of by the logs that have a file besides; where there is none, nobody could read it.
  const senders = new SyslogSenders((message) => {
    for (const log of logs.values()) {
      if (log.tellFiles("error", message)) return;
    }
  });

  const fileAt = (path: string): ErrorLogFile => {
    const known = files.get(path);
    if (known !== undefined) return known;
    const file = openFile(path);
    files.set(path, file);
    return file;
  };

  return {
    open(targets) {
      const key = JSON.stringify(targets.map((target) => [target.path, target.level, target.format]));
      const known = logs.get(key);
      if (known !== undefined) return known;
      const sinkOf = ({ syslog, path }: ErrorLogTarget): LineSink =>
        syslog === undefined ? fileSink(fileAt(path)) : syslogSink(syslog, senders);
      const log = new TeeErrorLog(targets.map((target) => createLineWriter(target.level, target.format, sinkOf(target))));
      logs.set(key, log);
      return log;
    },
    reopen() {
      const failures: Error[] = [];
      for (const file of files.values()) {
        try {
          file.reopen();
        } catch (error) {
          failures.push(error as Error);
        }
      }
      return failures;
    },
    close() {
      for (const file of files.values()) file.close();
      return senders.close();
    },
  };
}

/** Standard streams are kept, not opened by name: a socket there (systemd) has no name that opens. */
function openFile(path: string): ErrorLogFile {
  if (path === "stderr" || path === "/dev/stderr") return new ErrorLogFile(2);
  if (path === "/dev/stdout") return new ErrorLogFile(1);
  return new ErrorLogFile(Buffer.from(path, "latin1").toString());
}

class TeeErrorLog implements ErrorLog {
  private readonly writers: readonly LineWriter[];
  private readonly threshold: number;

  constructor(writers: readonly LineWriter[]) {
    this.writers = writers;
    this.threshold = Math.max(-1, ...writers.map((writer) => writer.threshold));
  }

  isOn(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) <= this.threshold;
  }

  write(level: LogLevel, connection: number | undefined, message: string, context?: LogContext): void {
    const rank = LOG_LEVELS.indexOf(level);
    for (const writer of this.writers) {
      if (rank <= writer.threshold) writer.write(level, connection, message, context);
    }
  }

  /** A line about the log itself; false where no file stands beside a server. */
  tellFiles(level: LogLevel, message: string): boolean {
    const files = this.writers.filter((writer) => writer.isFile && LOG_LEVELS.indexOf(level) <= writer.threshold);
    if (files.length === this.writers.length) return false;
    for (const file of files) file.write(level, undefined, message, undefined);
    return files.length > 0;
  }
}
