/** The head of an upstream's answer, over uwsgi (CGI-like) or HTTP/1.x. Source: RFC 9112 section 4, RFC 3875 section 6, nginx ngx_http_upstream.c. */

import { parseContentLength } from "./body-length.ts";
import { controlAt, type FieldName, fieldNameAt, isSoundValue, nameForm } from "./field-name.ts";
import { quoteBrokenLine } from "./head-refusal.ts";

/** "cgi" takes a status line, a `Status` field or neither (uwsgi, SCGI, FastCGI); "http1" insists on the status line. */
export type ResponseDialect = "cgi" | "http1";

/** What is wrong with an answer; all of it is nginx's `invalid_header` for next_upstream. */
export type ResponseFault =
  | "invalid_header"
  | "too_big_header"
  | "invalid_status"
  | "invalid_length"
  | "invalid_coding"
  | "duplicate_header";

/** An answer that cannot be used: 502 to the client. `detail` is nginx's log line. */
export class ResponseRefusal {
  readonly kind = "refusal";
  readonly error: ResponseFault;
  readonly detail: string;

  constructor(error: ResponseFault, detail: string) {
    this.error = error;
    this.detail = detail;
  }
}

/** Status and fields of an answer. All strings are latin1: one character is one byte of the wire. */
export class ResponseHead {
  readonly kind = "head";
  status: number;
  /** Status and reason as the upstream wrote them (`404 Not Found`, `200`); undefined when our own phrase is to be sent. */
  statusText: string | undefined;
  /** 9 when there was no status line, 10, 11, or 11 for anything newer. */
  version: number;
  /** Names as sent, lower-case names and values, by arrival; the three run in step. */
  readonly names: string[];
  readonly lowerNames: string[];
  readonly values: string[];
  /** -1 without Content-Length. */
  contentLength: number;
  chunked: boolean;
  connectionClose: boolean;
  connectionKeepAlive: boolean;
  /** Offset in the text of the first byte of the body. */
  end: number;

  constructor() {
    this.status = 0;
    this.statusText = undefined;
    this.version = 9;
    this.names = [];
    this.lowerNames = [];
    this.values = [];
    this.contentLength = -1;
    this.chunked = false;
    this.connectionClose = false;
    this.connectionKeepAlive = false;
    this.end = 0;
  }

  /** The first value of a field by its lower-case name. */
  field(lowerName: string): string | undefined {
    const at = this.lowerNames.indexOf(lowerName);
    return at === -1 ? undefined : this.values[at];
  }

  /** All values of a field by its lower-case name. */
  fieldLines(lowerName: string): readonly string[] {
    return this.values.filter((_, at) => this.lowerNames[at] === lowerName);
  }
}

const CR = 13;
const SPACE = 32;
/** nginx knows the dot of IIS sub-statuses ("403.1"). */
const STATUS_LINE = /^HTTP\/([1-9][0-9]{0,2})(?:\.([0-9]{1,3}))? +(([0-9]{3})(?:[ .].*)?)$/;
const STATUS_START = "HTTP/";

/**
 * Reads the head of an answer from the latin1 `text` at `from`; undefined when more bytes are needed. A head longer than `bytesMax`
 * (`uwsgi_buffer_size` and the like) is refused as too big. The caller reads on with the longer text; nothing is kept between calls.
 */
export function parseResponseHead(
  text: string,
  from: number,
  dialect: ResponseDialect,
  bytesMax: number,
): ResponseHead | ResponseRefusal | undefined {
  const head = new ResponseHead();
  let lineAt = from;
  for (;;) {
    const lineFeed = text.indexOf("\n", lineAt);
    if (lineFeed === -1) return refuseUnfinished(text, from, lineAt, dialect, bytesMax);
    if (lineFeed + 1 - from > bytesMax) return tooBig();
    const lineEnd = lineFeed > lineAt && text.charCodeAt(lineFeed - 1) === CR ? lineFeed - 1 : lineFeed;
    if (lineEnd === lineAt && (lineAt !== from || dialect === "cgi")) {
      head.end = lineFeed + 1;
      return finishHead(head);
    }
    const refusal = readLine(head, text, lineAt, lineEnd, lineAt === from, dialect);
    if (refusal !== undefined) return refusal;
    lineAt = lineFeed + 1;
  }
}

function readLine(
  head: ResponseHead,
  text: string,
  lineAt: number,
  lineEnd: number,
  isFirst: boolean,
  dialect: ResponseDialect,
): ResponseRefusal | undefined {
  if (text.startsWith(STATUS_START, lineAt)) {
    // nginx passes over a second or malformed status line, which IIS is known to send
    if (isFirst) return readStatusLine(head, text.slice(lineAt, lineEnd), dialect);
    return undefined;
  }
  if (isFirst && dialect === "http1") return new ResponseRefusal("invalid_status", "upstream sent no valid HTTP/1.0 header");
  return readField(head, text, lineAt, lineEnd);
}

function readStatusLine(head: ResponseHead, line: string, dialect: ResponseDialect): ResponseRefusal | undefined {
  const control = controlAt(line);
  if (control !== -1) return new ResponseRefusal("invalid_header", `upstream sent invalid header: "${quoteBrokenLine(line, control)}"`);
  const parts = STATUS_LINE.exec(line);
  if (parts === null) {
    return dialect === "cgi" ? undefined : new ResponseRefusal("invalid_status", "upstream sent no valid HTTP/1.0 header");
  }
  head.version = parts[1] === "1" && Number(parts[2] ?? "1") === 0 ? 10 : 11;
  head.status = Number(parts[4]);
  // nginx: status 000 counts as unset
  head.statusText = head.status === 0 ? undefined : parts[3];
  return undefined;
}

function readField(head: ResponseHead, text: string, lineAt: number, lineEnd: number): ResponseRefusal | undefined {
  const colon = text.indexOf(":", lineAt);
  const hasColon = colon !== -1 && colon < lineEnd;
  const name = fieldNameAt(text, lineAt, hasColon ? colon : lineEnd);
  let valueStart = hasColon ? colon + 1 : lineEnd;
  let valueEnd = lineEnd;
  while (valueStart < valueEnd && text.charCodeAt(valueStart) === SPACE) valueStart++;
  while (valueEnd > valueStart && text.charCodeAt(valueEnd - 1) === SPACE) valueEnd--;
  const value = text.slice(valueStart, valueEnd);
  if (name.form === nameForm.refused || !isSoundValue(name, value, text.length)) return refuseField(text.slice(lineAt, lineEnd));

  const refusal = noteField(head, name, value);
  if (refusal !== undefined) return refusal;
  head.names.push(name.raw);
  head.lowerNames.push(name.lower);
  head.values.push(value);
  return undefined;
}

function noteField(head: ResponseHead, name: FieldName, value: string): ResponseRefusal | undefined {
  switch (name.lower) {
    case "content-length":
      return noteLength(head, name, value);
    case "transfer-encoding":
      return noteCoding(head, name, value);
    case "connection":
      noteConnection(head, value.toLowerCase());
      return undefined;
    case "status":
      return head.lowerNames.includes("status") ? undefined : noteStatus(head, value);
    default:
      return undefined;
  }
}

function noteLength(head: ResponseHead, name: FieldName, value: string): ResponseRefusal | undefined {
  const before = head.field("content-length");
  if (before !== undefined) return refuseSecond(name, value, before);
  const length = parseContentLength(value);
  if (typeof length !== "number") {
    return new ResponseRefusal("invalid_length", `upstream sent invalid "Content-Length" header: "${name.raw}: ${value}"`);
  }
  head.contentLength = length;
  return head.chunked ? refuseBoth() : undefined;
}

function noteCoding(head: ResponseHead, name: FieldName, value: string): ResponseRefusal | undefined {
  const before = head.field("transfer-encoding");
  if (before !== undefined) return refuseSecond(name, value, before);
  if (value.toLowerCase() !== "chunked")
    return new ResponseRefusal("invalid_coding", `upstream sent unknown "Transfer-Encoding": "${value}"`);
  head.chunked = true;
  return head.contentLength === -1 ? undefined : refuseBoth();
}

/** nginx looks for the words anywhere in the value. */
function noteConnection(head: ResponseHead, lower: string): void {
  if (lower.includes("close")) head.connectionClose = true;
  else if (lower.includes("keep-alive")) head.connectionKeepAlive = true;
}

/** A status line wins over the Status field, and the first Status field over the next. */
function noteStatus(head: ResponseHead, value: string): ResponseRefusal | undefined {
  if (head.status !== 0) return undefined;
  if (!/^[0-9]{3}/.test(value)) return new ResponseRefusal("invalid_status", `upstream sent invalid status "${value}"`);
  head.status = Number(value.slice(0, 3));
  head.statusText = value.length > 3 && head.status !== 0 ? value : undefined;
  return undefined;
}

function finishHead(head: ResponseHead): ResponseHead {
  if (head.status === 0) head.status = head.lowerNames.includes("location") ? 302 : 200;
  if (head.version === 10 && !head.connectionKeepAlive) head.connectionClose = true;
  return head;
}

/** Garbage and over-long heads are known as such before their line ends. */
function refuseUnfinished(
  text: string,
  from: number,
  lineAt: number,
  dialect: ResponseDialect,
  bytesMax: number,
): ResponseRefusal | undefined {
  const start = text.slice(lineAt);
  const couldBeStatus = start.startsWith(STATUS_START) || STATUS_START.startsWith(start);
  if (!couldBeStatus && start !== "") {
    if (lineAt === from && dialect === "http1") return new ResponseRefusal("invalid_status", "upstream sent no valid HTTP/1.0 header");
    if (/^(?:[^\x00-\x20\x7f:]*[\x00-\x09\x0b\x0c\x0e-\x20\x7f]|:)/.test(start)) return refuseField(start);
  }
  return text.length - from >= bytesMax ? tooBig() : undefined;
}

function refuseField(line: string): ResponseRefusal {
  const colon = line.indexOf(":");
  const inName = line.search(/[\x00-\x20\x7f:]/);
  const inValue = colon === -1 ? -1 : controlAt(line.slice(colon));
  const isBrokenName = inName !== -1 && (inName !== colon || colon === 0);
  const offending = isBrokenName ? inName : inValue === -1 ? -1 : colon + inValue;
  return new ResponseRefusal("invalid_header", `upstream sent invalid header: "${quoteBrokenLine(line, offending)}"`);
}

function refuseSecond(name: FieldName, value: string, before: string): ResponseRefusal {
  const lines = `"${name.raw}: ${value}", previous value: "${name.raw}: ${before}"`;
  return new ResponseRefusal("duplicate_header", `upstream sent duplicate header line: ${lines}`);
}

function refuseBoth(): ResponseRefusal {
  return new ResponseRefusal("invalid_coding", 'upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time');
}

function tooBig(): ResponseRefusal {
  return new ResponseRefusal("too_big_header", "upstream sent too big header");
}
