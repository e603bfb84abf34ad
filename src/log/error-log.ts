/** What the rest of the server sees of the error log. Lines are written synchronously: in the file before an answer is visible. */

/** nginx's levels, from the least to the most talkative. */
export const LOG_LEVELS = ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** Facts that go with a line: printed after the message as `, name: value` and as properties in JSON. Undefined ones are left out. */
export type LogContext = { readonly [name: string]: string | number | undefined };

export interface ErrorLog {
  /** True when lines of this level are written: ask before building an expensive message. */
  isOn(level: LogLevel): boolean;
  /** `connection` is the client connection's serial number (nginx: `*5`), undefined outside of one. */
  write(level: LogLevel, connection: number | undefined, message: string, context?: LogContext): void;
}
