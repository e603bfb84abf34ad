/** The process's own error log: whichever is in force now, so that those who hold it need not know of reloads. */

import type { ErrorLog, LogContext, LogLevel } from "../log/error-log.ts";

/** Drops everything until `use` has been called. */
export class ProcessLog implements ErrorLog {
  private current: ErrorLog | undefined = undefined;

  use(log: ErrorLog): void {
    this.current = log;
  }

  isOn(level: LogLevel): boolean {
    return this.current?.isOn(level) ?? false;
  }

  write(level: LogLevel, connection: number | undefined, message: string, context?: LogContext): void {
    this.current?.write(level, connection, message, context);
  }
}
