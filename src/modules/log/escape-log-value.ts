/** The three ways a value goes into a log line (nginx: ngx_http_log_variable_getlen and its like). */

import { renderByte } from "../../log/escape-control.ts";

export type LogEscaping = "default" | "json" | "none";

const UNSAFE = /["\\\x00-\x1f\x7f-\xff]/;
const UNSAFE_CHARS = /["\\\x00-\x1f\x7f-\xff]/g;

/** `escape=default`: quotes, backslashes, control characters and all bytes above 0x7e as `\xHH`. */
export function escapeDefault(value: string): string {
  return UNSAFE.test(value) ? value.replace(UNSAFE_CHARS, renderByte) : value;
}

const UNSAFE_JSON = /["\\\x00-\x1f]/;
const UNSAFE_JSON_CHARS = /["\\\x00-\x1f]/g;
const JSON_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\b", "\\b"],
  ["\f", "\\f"],
]);

/** `escape=json`: what a JSON string may not hold; other bytes stay as they are. */
export function escapeJson(value: string): string {
  return UNSAFE_JSON.test(value) ? value.replace(UNSAFE_JSON_CHARS, renderJsonChar) : value;
}

function renderJsonChar(char: string): string {
  return JSON_ESCAPES.get(char) ?? `\\u00${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
