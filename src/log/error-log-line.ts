/** One line of the error log in nginx's form (nginx: ngx_log_error_core, ngx_http_log_error). */

import type { LogContext, LogLevel } from "./error-log.ts";
import { escapeControl } from "./escape-control.ts";

/** Octets of a message or of a single fact; longer ones are cut (nginx: NGX_MAX_ERROR_STR bounds the whole line). */
const TEXT_BYTES_MAX = 2048;

/** Facts printed in quotation marks: nginx's own, and those of ours that are sentences. */
const QUOTED = new Set(["request", "subrequest", "upstream", "host", "referrer", "remedy"]);

/**
 * `2026/11/22 16:20:11 [error] 7#7: *5 message, client: 127.0.0.1, request: "GET / HTTP/1.1"` with its line end.
 * `connection` undefined leaves `*5 ` out; facts stand in the order given.
 */
export function renderErrorLine(
  time: string,
  level: LogLevel,
  pid: number,
  connection: number | undefined,
  message: string,
  context: LogContext | undefined,
): string {
  const start = connection === undefined ? `${time} [${level}] ${pid}#${pid}: ` : `${time} [${level}] ${pid}#${pid}: *${connection} `;
  return `${start}${cutText(message)}${renderContext(context)}\n`;
}

/** A message or fact as logs hold it: bounded, without control characters. */
export function cutText(text: string): string {
  return escapeControl(text.length > TEXT_BYTES_MAX ? `${text.slice(0, TEXT_BYTES_MAX)}...` : text);
}

function renderContext(context: LogContext | undefined): string {
  let text = "";
  for (const name in context) {
    const value = context[name];
    if (value === undefined) continue;
    const printed = typeof value === "number" ? String(value) : cutText(value);
    text += QUOTED.has(name) ? `, ${name}: "${printed}"` : `, ${name}: ${printed}`;
  }
  return text;
}
