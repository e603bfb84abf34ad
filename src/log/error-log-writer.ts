/** Renders error lines for one `error_log` directive, as nginx's text or as JSON (pino). */

import { type DestinationStream, pino } from "pino";
import { LOG_LEVELS, type LogContext, type LogLevel } from "./error-log.ts";
import { cutText, renderErrorLine } from "./error-log-line.ts";
import type { LineSink } from "./error-log-sink.ts";
import { currentLogTime } from "./log-time.ts";

type WriteLine = (level: LogLevel, connection: number | undefined, message: string, context: LogContext | undefined) => void;

export interface LineWriter {
  /** The rank of the most talkative level written. */
  readonly threshold: number;
  readonly isFile: boolean;
  readonly write: WriteLine;
}

export function createLineWriter(level: LogLevel, format: "text" | "json", sink: LineSink): LineWriter {
  const write = format === "json" ? jsonWriter(sink) : textWriter(sink);
  return { threshold: LOG_LEVELS.indexOf(level), isFile: sink.isFile, write };
}

function textWriter(sink: LineSink): WriteLine {
  return (level, connection, message, context) => {
    const line = renderErrorLine(currentLogTime().errorLog, level, process.pid, connection, message, context);
    sink.write(Buffer.from(line, "latin1"), level);
  };
}

/** pino's numbers for nginx's levels: only their order counts, what is printed is the name. */
const PINO_LEVELS = { emerg: 80, alert: 70, crit: 60, error: 50, warn: 40, notice: 35, info: 30, debug: 20 } as const;

function jsonWriter(sink: LineSink): WriteLine {
  let written: LogLevel = "debug";
  // pino calls this before the call that logs returns.
  const stream: DestinationStream = { write: (line) => sink.write(Buffer.from(line), written) };
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
    written = level;
    logger[level](facts, textOf(message));
  };
}

/** Bytes as the UTF-8 text they mostly are: JSON has no bytes. */
function textOf(bytes: string): string {
  return Buffer.from(cutText(bytes), "latin1").toString();
}
