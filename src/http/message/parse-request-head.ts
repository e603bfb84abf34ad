/** Bytes to request head, line by line and resumable, with nginx's limits. Source: RFC 9112 section 2.2 and 5, nginx ngx_http_request.c. */

import { controlAt, type FieldName, fieldNameAt, fieldRole, isSoundValue, nameForm } from "./field-name.ts";
import { HeadRefusal, quoteBrokenLine } from "./head-refusal.ts";
import { parseHost } from "./host.ts";
import { addField, dropField, finishHead, RequestHead } from "./request-head.ts";
import { parseRequestLine, refuseLineStart } from "./request-line.ts";

/** How much a client may send: `client_header_buffer_size`, `large_client_header_buffers` and `max_headers`. */
export interface HeadLimits {
  readonly firstBufferBytes: number;
  readonly largeBuffers: number;
  readonly largeBufferBytes: number;
  readonly fieldsMax: number;
}

/**
 * How a client's head is read; those of the virtual server named by Host hold for the lines behind it, as in nginx. Where only that server is
 * strict, the whole head is read again by its rules.
 */
export interface HeadRules {
  readonly underscores_in_headers: boolean;
  readonly ignore_invalid_headers: boolean;
  readonly strict_http: boolean;
  /** The rules of the virtual server for a host in lower case; undefined where all servers of the socket share these. */
  readonly rulesForHost: ((host: string) => HeadRules) | undefined;
}

/** A head that has not ended yet: where reading goes on, relative to the head's start. Hand it back with the longer text. */
export class HeadIncomplete {
  readonly kind = "incomplete";
  head: RequestHead | undefined;
  rules: HeadRules;
  /** Start of the first unfinished line; while there is no head yet, the bytes before it may be thrown away. */
  lineAt: number;
  /** Start of the request line, once that has been read. */
  startAt: number;
  /** Up to here there is no line end. */
  scannedTo: number;
  buffersUsed: number;
  roomBytes: number;

  constructor(limits: HeadLimits, rules: HeadRules) {
    this.head = undefined;
    this.rules = rules;
    this.lineAt = 0;
    this.startAt = 0;
    this.scannedTo = 0;
    this.buffersUsed = 0;
    this.roomBytes = limits.firstBufferBytes;
  }
}

const LF = 10;
const CR = 13;
const SPACE = 32;
/** Token characters of RFC 9110: what strict_http lets pass as a name. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * Reads a request head from the latin1 `text` at `from`. `progress` is what an earlier call with less text returned: it is used up, lines read
 * then are not read again, so that byte-wise arrival costs no more than one read. The refusal carries the status to answer.
 */
export function parseRequestHead(
  text: string,
  from: number,
  limits: HeadLimits,
  rules: HeadRules,
  progress: HeadIncomplete = new HeadIncomplete(limits, rules),
): RequestHead | HeadIncomplete | HeadRefusal {
  const read = readLines(text, from, limits, progress);
  if (read.kind === "refusal") read.head ??= progress.head;
  return read;
}

function readLines(text: string, from: number, limits: HeadLimits, progress: HeadIncomplete): RequestHead | HeadIncomplete | HeadRefusal {
  let lineAt = from + progress.lineAt;
  if (progress.head === undefined) {
    lineAt = skipBlankLines(text, lineAt);
    if (lineAt - from > limits.largeBufferBytes)
      return new HeadRefusal(400, "client sent too many empty lines before a request", "", "line");
  }
  let scanFrom = Math.max(lineAt, from + progress.scannedTo);

  for (;;) {
    const lineFeed = text.indexOf("\n", scanFrom);
    if (lineFeed === -1) return incomplete(text, from, lineAt, limits, progress);
    const next = lineFeed + 1;
    const bytes = next - lineAt;
    if (bytes > progress.roomBytes) {
      const refusal = refuseBytes(text, lineAt, bytes, limits, progress);
      if (refusal !== undefined) return refusal;
      progress.buffersUsed++;
      progress.roomBytes = limits.largeBufferBytes;
    }
    progress.roomBytes -= bytes;
    const lineEnd = lineFeed > lineAt && text.charCodeAt(lineFeed - 1) === CR ? lineFeed - 1 : lineFeed;
    if (lineEnd === lineFeed && progress.rules.strict_http) return refuseLine(text, lineAt, lineEnd, progress.head);

    const head = progress.head;
    if (head === undefined) progress.startAt = lineAt - from;
    const rulesBefore = progress.rules;
    const outcome =
      head === undefined ? readFirstLine(text, lineAt, lineEnd, progress) : readFieldLine(text, lineAt, lineEnd, limits, progress, head);
    if (outcome !== undefined) {
      if (outcome.kind === "head") {
        outcome.end = next;
        outcome.bytes = next - from - progress.startAt;
      }
      return outcome;
    }
    // The server that Host names is strict: what was forgiven before the name was known is not.
    if (progress.rules !== rulesBefore && progress.rules.strict_http && !rulesBefore.strict_http) {
      return parseRequestHead(text, from, limits, progress.rules);
    }
    lineAt = next;
    scanFrom = next;
  }
}

function readFirstLine(text: string, lineAt: number, lineEnd: number, progress: HeadIncomplete): RequestHead | HeadRefusal | undefined {
  const raw = text.slice(lineAt, lineEnd);
  const line = parseRequestLine(raw, progress.rules.strict_http ? "strict" : "nginx");
  if (line instanceof HeadRefusal) return line;
  const authority = line.authority === undefined ? undefined : parseHost(line.authority);
  const head = new RequestHead(line.method, line.target, raw, line.version, authority);
  if (line.version === 9) return head;
  if (authority !== undefined) progress.rules = progress.rules.rulesForHost?.(authority.host) ?? progress.rules;
  progress.head = head;
  return undefined;
}

function readFieldLine(
  text: string,
  lineAt: number,
  lineEnd: number,
  limits: HeadLimits,
  progress: HeadIncomplete,
  head: RequestHead,
): RequestHead | HeadRefusal | undefined {
  if (lineEnd === lineAt) return finishHead(head) ?? head;
  const colon = text.indexOf(":", lineAt);
  const hasColon = colon !== -1 && colon < lineEnd;
  const nameEnd = hasColon ? colon : lineEnd;
  const name = fieldNameAt(text, lineAt, nameEnd);

  // nginx trims spaces and leaves tabs
  let valueStart = hasColon ? colon + 1 : lineEnd;
  let valueEnd = lineEnd;
  while (valueStart < valueEnd && text.charCodeAt(valueStart) === SPACE) valueStart++;
  while (valueEnd > valueStart && text.charCodeAt(valueEnd - 1) === SPACE) valueEnd--;
  const value = text.slice(valueStart, valueEnd);
  if (!isSoundValue(name, value, text.length)) return refuseLine(text, lineAt, lineEnd, head);

  const rules = progress.rules;
  if (name.form !== nameForm.plain || rules.strict_http) {
    if (name.form === nameForm.refused) return refuseLine(text, lineAt, lineEnd, head);
    if (rules.strict_http && (!hasColon || !TOKEN.test(name.raw))) return refuseLine(text, lineAt, lineEnd, head);
    if (isIgnored(name, rules)) {
      dropField(head, text.slice(lineAt, lineEnd));
      return undefined;
    }
  }
  if (head.fieldNames.length >= limits.fieldsMax) return new HeadRefusal(494, "client sent too many header lines", head.requestLine);
  const refusal = addField(head, name, value);
  if (refusal === undefined && name.role === fieldRole.host && head.authority !== undefined && rules.rulesForHost !== undefined) {
    progress.rules = rules.rulesForHost(head.authority.host);
  }
  return refusal;
}

/** Whether a field of that name is left out, as nginx leaves it out. */
export function isIgnored(name: FieldName, rules: HeadRules): boolean {
  if (!rules.ignore_invalid_headers || name.form === nameForm.plain) return false;
  return name.form === nameForm.irregular || !rules.underscores_in_headers;
}

/** nginx's buffers in numbers: a line goes whole into what is left of the current buffer, or else opens the next large one. */
function refuseBytes(text: string, lineAt: number, bytes: number, limits: HeadLimits, progress: HeadIncomplete): HeadRefusal | undefined {
  const head = progress.head;
  if (head === undefined) {
    if (bytes <= limits.largeBufferBytes && limits.largeBuffers > 0) return undefined;
    return new HeadRefusal(414, "client sent too long URI", firstLine(text, lineAt), "line");
  }
  if (bytes > limits.largeBufferBytes) {
    const start = text.slice(lineAt, lineAt + Math.min(bytes, TOO_LONG_QUOTE_BYTES));
    return new HeadRefusal(494, `client sent too long header line: "${start}..."`, head.requestLine);
  }
  if (progress.buffersUsed < limits.largeBuffers) return undefined;
  return new HeadRefusal(494, "client sent too large request", head.requestLine);
}

/** nginx quotes at most NGX_MAX_ERROR_STR - 300 bytes of an over-long line. */
const TOO_LONG_QUOTE_BYTES = 1748;

function incomplete(
  text: string,
  from: number,
  lineAt: number,
  limits: HeadLimits,
  progress: HeadIncomplete,
): HeadIncomplete | HeadRefusal {
  // the line feed that is still to come makes it one byte more
  const bytes = text.length - lineAt + 1;
  const tooMuch = bytes > progress.roomBytes ? refuseBytes(text, lineAt, bytes, limits, progress) : undefined;
  if (tooMuch !== undefined) return tooMuch;
  // only on the first sight of a line: garbage is answered at once, and byte-wise arrival stays linear
  if (lineAt < text.length && progress.scannedTo <= lineAt - from) {
    const start = text.slice(lineAt);
    const refusal = progress.head === undefined ? refuseLineStart(start) : refuseFieldStart(start, progress.head);
    if (refusal !== undefined) return refusal;
  }
  progress.lineAt = lineAt - from;
  progress.scannedTo = text.length - from;
  return progress;
}

function refuseFieldStart(start: string, head: RequestHead): HeadRefusal | undefined {
  return /^(?:[\x00-\x09\x0b\x0c\x0e-\x20\x7f:]|\r.)/s.test(start) ? refuseLine(start, 0, start.length, head) : undefined;
}

function refuseLine(text: string, lineAt: number, lineEnd: number, head: RequestHead | undefined): HeadRefusal {
  const line = text.slice(lineAt, lineEnd);
  if (head === undefined) return new HeadRefusal(400, "client sent invalid request", line, "line");
  const colon = line.indexOf(":");
  const name = colon === -1 ? line : line.slice(0, colon);
  const inName = name === "" ? 0 : name.search(/[\x00-\x20\x7f]/);
  const inValue = colon === -1 ? -1 : controlAt(line.slice(colon));
  const offending = inName !== -1 ? inName : inValue === -1 ? -1 : colon + inValue;
  return new HeadRefusal(400, `client sent invalid header line: "${quoteBrokenLine(line, offending)}"`, head.requestLine);
}

function firstLine(text: string, from: number): string {
  const end = text.slice(from).search(/[\r\n]/);
  return end === -1 ? text.slice(from) : text.slice(from, from + end);
}

/** Line ends before a request line are skipped, as robust servers do; the caller may drop what `HeadIncomplete.lineAt` has passed. */
function skipBlankLines(text: string, from: number): number {
  let at = from;
  for (let byte = text.charCodeAt(at); byte === LF || byte === CR; byte = text.charCodeAt(at)) at++;
  return at;
}
