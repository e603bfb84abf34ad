/** What a program that starts, tests or signals has to say: to whoever called it, and to the error log of that moment (nginx: -e). */

import { type Diagnostic, formatDiagnostic } from "../config/diagnostic.ts";
import { displayText } from "../config/display-text.ts";
import { placeOf } from "../config/source.ts";
import { type ErrorLog, LOG_LEVELS, type LogLevel } from "../log/error-log.ts";

export interface StartLog {
  /** `foregate: [emerg] message` to the caller from [warn] on, and a line in the log. */
  report(level: LogLevel, message: string): void;
  /** The same for a mistake in the configuration; the caller also gets the code frame. */
  reportDiagnostic(diagnostic: Diagnostic): void;
  /** For the caller alone; made of text with latin1 bytes in it. */
  say(line: string): void;
}

/** nginx: only these reach the terminal. */
const SAID_RANK_MAX = LOG_LEVELS.indexOf("warn");

/** `print` gets whole lines without their end, as text to display; `log` is undefined where the caller's terminal is the log. */
export function createStartLog(print: (line: string) => void, log: ErrorLog | undefined): StartLog {
  return {
    report(level, message) {
      if (LOG_LEVELS.indexOf(level) <= SAID_RANK_MAX) print(displayText(`foregate: [${level}] ${message}`));
      log?.write(level, undefined, message);
    },
    reportDiagnostic(diagnostic) {
      print(formatDiagnostic(diagnostic, { program: "foregate" }));
      log?.write(diagnostic.level, undefined, describeDiagnostic(diagnostic));
    },
    say(line) {
      print(displayText(line));
    },
  };
}

/** A diagnostic in one line, as nginx logs it: `unknown directive "x" in conf/site.conf:3`. */
export function describeDiagnostic({ message, span }: Diagnostic): string {
  return span === undefined ? message : `${message} in ${placeOf(span)}`;
}
