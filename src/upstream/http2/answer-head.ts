/** The head of an HTTP/2 answer: node:http2's list of fields, checked as the head of an HTTP/1 answer is (RFC 9113, section 8.2). */

import { parseContentLength } from "../../http/message/body-length.ts";
import { controlAt } from "../../http/message/field-name.ts";
import { ResponseHead } from "../../http/message/response-head.ts";
import { UpstreamError } from "../upstream-error.ts";

const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** RFC 9113, section 8.2.2. */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);
/** Octets that a field takes besides its name and value when it is written as a line. */
const LINE_OCTETS = 4;

/** `fields` is flat: name, value. A head over `bytesMax` (`proxy_buffer_size`) is refused as one of HTTP/1 would be. */
export function readAnswerFields(fields: readonly string[], bytesMax: number): ResponseHead | UpstreamError {
  if (fieldsLength(fields) > bytesMax) return new UpstreamError("head_too_big", "upstream sent too big header");
  const head = new ResponseHead();
  head.version = 11;
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string; // the list is even
    const value = (fields[i + 1] as string).trim();
    if (name === ":status") {
      head.status = Number(value);
      continue;
    }
    const error = noteField(head, name, value);
    if (error !== undefined) return error;
    head.names.push(name);
    head.lowerNames.push(name);
    head.values.push(value);
  }
  return head;
}

/** Octets of a list of fields as lines. */
export function fieldsLength(fields: readonly string[]): number {
  let length = (fields.length / 2) * LINE_OCTETS;
  for (const text of fields) length += text.length;
  return length;
}

/** Those of a trailer section that can be passed on: no pseudo-fields, no control characters. Flat, as they came. */
export function soundFields(fields: readonly string[]): string[] {
  const sound: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string; // the list is even
    const value = (fields[i + 1] as string).trim();
    if (isSoundField(name, value)) sound.push(name, value);
  }
  return sound;
}

function isSoundField(name: string, value: string): boolean {
  return FIELD_NAME.test(name) && controlAt(value) === -1;
}

function noteField(head: ResponseHead, name: string, value: string): UpstreamError | undefined {
  if (!isSoundField(name, value) || CONNECTION_FIELDS.has(name)) {
    return new UpstreamError("invalid_head", `upstream sent invalid header: "${printable(`${name}: ${value}`)}"`);
  }
  if (name !== "content-length") return undefined;
  const before = head.field(name);
  if (before !== undefined) {
    const lines = `"${name}: ${value}", previous value: "${name}: ${before}"`;
    return new UpstreamError("invalid_head", `upstream sent duplicate header line: ${lines}`);
  }
  const length = parseContentLength(value);
  if (typeof length !== "number") {
    return new UpstreamError("invalid_head", `upstream sent invalid "Content-Length" header: "${name}: ${value}"`);
  }
  head.contentLength = length;
  return undefined;
}

function printable(line: string): string {
  return line.replace(/[\x00-\x1f\x7f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
