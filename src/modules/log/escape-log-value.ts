/** The ways a value goes into a log line (nginx: ngx_http_log_variable_getlen and its like). */

import { renderByte } from "../../log/escape-control.ts";

export type LogEscaping = "default" | "json" | "none";

const UNSAFE = /["\\\x00-\x1f\x7f-\xff]/;
const UNSAFE_CHARS = /["\\\x00-\x1f\x7f-\xff]/g;

/** `escape=default`: quotes, backslashes, control characters and all bytes above 0x7e as `\xHH`. */
export function escapeDefault(value: string): string {
  return UNSAFE.test(value) ? value.replace(UNSAFE_CHARS, renderByte) : value;
}
