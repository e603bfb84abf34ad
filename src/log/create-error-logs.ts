/** Opens error logs: one file per path however many blocks name it, filtered by level, as nginx's lines or as JSON (pino). */

import { type DestinationStream, pino } from "pino";
import { type ErrorLog, LOG_LEVELS, type LogContext, type LogLevel } from "./error-log.ts";
import { ErrorLogFile } from "./error-log-file.ts";
import { cutText, renderErrorLine } from "./error-log-line.ts";
import { currentLogTime } from "./log-time.ts";

/** One `error_log` directive. */
export interface ErrorLogTarget {
  /** Absolute path, or "stderr". */
  readonly path: string;
  /** The most talkative level written. */
  readonly level: LogLevel;
  readonly format: "text" | "json";
}

export interface ErrorLogs {
  /** The log that writes to all of the targets; equal targets give the same log. Throws the system's error when a file cannot be opened. */
  open(targets: readonly ErrorLogTarget[]): ErrorLog;
  /** USR1: opens every path again; a file that cannot be opened stays the former one. Returns the failures. */
  reopen(): readonly Error[];
  close(): void;
}

export function createErrorLogs(): ErrorLogs {
  const files = new Map<string, ErrorLogFile>();
  const logs = new Map<string, ErrorLog>();

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
      const log = new TeeErrorLog(targets.map((target) => createWriter(target, fileAt(target.path))));
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
    },
  };
}

/** Standard streams are kept, not opened by name: a socket there (systemd) has no name that opens. */
function openFile(path: string): ErrorLogFile {
  if (path === "stderr" || path === "/dev/stderr") return new ErrorLogFile(2);
  if (path === "/dev/stdout") return new ErrorLogFile(1);
  return new ErrorLogFile(Buffer.from(path, "latin1").toString());
}

type WriteLine = (level: LogLevel, connection: number | undefined, message: string, context: LogContext | undefined) => void;

interface LineWriter {
  readonly threshold: number;
  readonly write: WriteLine;
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
}

function createWriter(target: ErrorLogTarget, file: ErrorLogFile): LineWriter {
  const write = target.format === "json" ? jsonWriter(file) : textWriter(file);
  return { threshold: LOG_LEVELS.indexOf(target.level), write };
}

function textWriter(file: ErrorLogFile): WriteLine {
  return (level, connection, message, context) => {
    const line = renderErrorLine(currentLogTime().errorLog, level, process.pid, connection, message, context);
    file.write(Buffer.from(line, "latin1"));
  };
}

/** pino's numbers for nginx's levels: only their order counts, what is printed is the name. */
const PINO_LEVELS = { emerg: 80, alert: 70, crit: 60, error: 50, warn: 40, notice: 35, info: 30, debug: 20 } as const;

function jsonWriter(file: ErrorLogFile): WriteLine {
  const stream: DestinationStream = { write: (line) => file.write(Buffer.from(line)) };
  const logger = pino(
    {
      level: "debug",
      customLevels: PINO_LEVELS,
      useOnlyCustomLevels: true,
      base: null,
      messageKey: "message",
      timestamp: () => `,"time":"${currentLogTime().iso8601}"`,
      formatters: { level: (name) => ({ level: name }) },
    },
    stream,
  );
  return (level, connection, message, context) => {
    const facts: Record<string, string | number | undefined> = { pid: process.pid, connection };
    for (const name in context) {
      const value = context[name];
      facts[name] = typeof value === "string" ? textOf(value) : value;
    }
    logger[level](facts, textOf(message));
  };
}

/** Bytes as the UTF-8 text they mostly are: JSON has no bytes. */
function textOf(bytes: string): string {
  return Buffer.from(cutText(bytes), "latin1").toString();
}
