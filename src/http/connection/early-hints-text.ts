/** An interim answer of an upstream as HTTP/1.1 text (RFC 8297). */

import { safeValue } from "./response-head-text.ts";

/** `fields` is flat: name, value. */
export function earlyHintsText(fields: readonly string[]): string {
  let text = "HTTP/1.1 103 Early Hints\r\n";
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${safeValue(fields[i + 1] as string)}\r\n`;
  return `${text}\r\n`;
}
