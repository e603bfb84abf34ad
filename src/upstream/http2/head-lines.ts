/** The head of an HTTP/2 request as text, a field a line with pseudo-fields first: what `explain` shows, and what an attempt sends. */

import type { OutgoingHttpHeaders } from "node:http2";
import { http2Library } from "../../net/http2-library.ts";

/** RFC 9113, section 8.2.1: what is not a lower-case token would cost the whole request. */
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const LINE_END = "\r\n";

/**
 * Requests of different clients share a connection and its compression state. These fields stay out of it, so that nobody can guess another's
 * by their size (RFC 7541, section 7.1.3).
 */
const NEVER_INDEXED = ["authorization", "cookie", "proxy-authorization"];

/** A line of the head; "" for a name that HTTP/2 has no room for. Values lose blanks at both ends (RFC 9113, section 8.2.1). */
export function fieldLine(name: string, value: string): string {
  return FIELD_NAME.test(name) ? `${name}: ${value.trim()}${LINE_END}` : "";
}

/** The lines as node:http2 takes them. A repeated field becomes one list (RFC 9110, section 5.3), Cookie one string (RFC 9113, 8.2.3). */
export function headersFromLines(lines: string): OutgoingHttpHeaders {
  // Without a prototype: "__proto__" is a field name like any other.
  const headers: OutgoingHttpHeaders = Object.create(null);
  let at = 0;
  for (let end = lines.indexOf(LINE_END); end > at; end = lines.indexOf(LINE_END, at)) {
    const colon = lines.indexOf(":", at + 1);
    const name = lines.slice(at, colon);
    const value = lines.slice(colon + 2, end);
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before}${name === "cookie" ? "; " : ", "}${value}`;
    at = end + LINE_END.length;
  }
  Reflect.set(headers, http2Library().sensitiveHeaders, NEVER_INDEXED);
  return headers;
}
