/** The head of a request as the rest of the server sees it. It is filled once, by the parser (or the HTTP/2 side), and then only read. */

import { type BodyFraming, NO_BODY, requestBodyFraming } from "./body-length.ts";
import { type FieldName, fieldRole } from "./field-name.ts";
import { HeadRefusal } from "./head-refusal.ts";
import { type HostAuthority, parseHost } from "./host.ts";

// shared by all heads without dropped fields, hence never pushed to: see dropField
const NOTHING_DROPPED: string[] = [];

/** A request's first line and fields. All strings are latin1: one character is one byte of the wire. */
export class RequestHead {
  readonly kind = "head";
  readonly method: string;
  /** The request target as sent, fragment included, without scheme and authority: `$request_uri`. */
  readonly target: string;
  /** The request line as sent, without its end: `$request`. */
  readonly requestLine: string;
  /** 9, 10, 11 or 20; HTTP/1.2 and above read as 11. */
  readonly version: number;
  /** Lower-case names, names as sent, and values, by arrival; the three run in step. */
  readonly fieldNames: string[];
  readonly fieldRawNames: string[];
  readonly fieldValues: string[];
  /** Fields left out because of their name, as `name: value` lines for the error log. */
  droppedFields: string[];
  /** Who is asked: the target's authority, else Host; undefined only before HTTP/1.1 without Host. */
  authority: HostAuthority | undefined;
  /** The Host field's value as sent. */
  host: string | undefined;
  contentLength: string | undefined;
  transferEncoding: string | undefined;
  framing: BodyFraming;
  connectionClose: boolean;
  connectionKeepAlive: boolean;
  connectionUpgrade: boolean;
  expectContinue: boolean;
  /** The first Upgrade field's value. */
  upgrade: string | undefined;
  /** Offset in the text of the first byte behind the head. */
  end: number;
  /** Octets of the head as it came, empty lines ahead of it left out; 0 where it did not come as text. */
  bytes: number;

  constructor(method: string, target: string, requestLine: string, version: number, authority: HostAuthority | undefined) {
    this.method = method;
    this.target = target;
    this.requestLine = requestLine;
    this.version = version;
    this.fieldNames = [];
    this.fieldRawNames = [];
    this.fieldValues = [];
    this.droppedFields = NOTHING_DROPPED;
    this.authority = authority;
    this.host = undefined;
    this.contentLength = undefined;
    this.transferEncoding = undefined;
    this.framing = NO_BODY;
    this.connectionClose = false;
    this.connectionKeepAlive = false;
    this.connectionUpgrade = false;
    this.expectContinue = false;
    this.upgrade = undefined;
    this.end = 0;
    this.bytes = 0;
  }

  /** The value of a field by its lower-case name; several lines joined with ", ", Cookie with "; ", as nginx does since 1.23. */
  field(lowerName: string): string | undefined {
    const names = this.fieldNames;
    const first = names.indexOf(lowerName);
    if (first === -1) return undefined;
    let value = this.fieldValues[first] ?? "";
    for (let at = names.indexOf(lowerName, first + 1); at !== -1; at = names.indexOf(lowerName, at + 1)) {
      value += (lowerName === "cookie" ? "; " : ", ") + (this.fieldValues[at] ?? "");
    }
    return value;
  }
}

/** Adds a field to a head under construction and acts on the fields that steer the connection. Refuses a second line of a single field. */
export function addField(head: RequestHead, name: FieldName, value: string): HeadRefusal | undefined {
  if (name.role !== fieldRole.none) {
    const refusal = noteField(head, name, value);
    if (refusal !== undefined) return refusal;
  }
  head.fieldNames.push(name.lower);
  head.fieldRawNames.push(name.raw);
  head.fieldValues.push(value);
  return undefined;
}

/** Leaves a field out of a head under construction and keeps its line for the error log. */
export function dropField(head: RequestHead, line: string): void {
  if (head.droppedFields === NOTHING_DROPPED) head.droppedFields = [line];
  else head.droppedFields.push(line);
}

/** The last checks of a whole head: Host, method and body framing, in nginx's order. The head is ready to be served when nothing comes back. */
export function finishHead(head: RequestHead): HeadRefusal | undefined {
  if (head.host === undefined && head.version === 11) {
    return new HeadRefusal(400, 'client sent HTTP/1.1 request without "Host" header', head.requestLine);
  }
  if (head.contentLength !== undefined || head.transferEncoding !== undefined) {
    const framing = requestBodyFraming(head.version, head.contentLength, head.transferEncoding);
    if (framing.kind === "refused") return new HeadRefusal(framing.status, framing.reason, head.requestLine);
    head.framing = framing;
  }
  if (head.method === "TRACE" || head.method === "CONNECT") {
    return new HeadRefusal(405, `client sent ${head.method} method`, head.requestLine);
  }
  return undefined;
}

function noteField(head: RequestHead, name: FieldName, value: string): HeadRefusal | undefined {
  switch (name.role) {
    case fieldRole.host:
      if (head.host !== undefined) return refuseSecond(head, name, value, head.host);
      head.host = value;
      return noteHost(head, value);
    case fieldRole.connection:
      noteConnection(head, value);
      return undefined;
    case fieldRole.contentLength:
      if (head.contentLength !== undefined) return refuseSecond(head, name, value, head.contentLength);
      head.contentLength = value;
      return undefined;
    case fieldRole.transferEncoding:
      if (head.transferEncoding !== undefined) return refuseSecond(head, name, value, head.transferEncoding);
      head.transferEncoding = value;
      return undefined;
    case fieldRole.upgrade:
      head.upgrade ??= value;
      return undefined;
    default:
      return noteSingle(head, name, value);
  }
}

function noteSingle(head: RequestHead, name: FieldName, value: string): HeadRefusal | undefined {
  const before = head.fieldNames.indexOf(name.lower);
  if (before !== -1) return refuseSecond(head, name, value, head.fieldValues[before] ?? "");
  if (name.role === fieldRole.expect) head.expectContinue = head.version >= 11 && value.toLowerCase() === "100-continue";
  return undefined;
}

function noteHost(head: RequestHead, value: string): HeadRefusal | undefined {
  const authority = parseHost(value);
  if (authority === undefined) return new HeadRefusal(400, "client sent invalid host header", head.requestLine);
  // nginx: the authority of an absolute-form target wins over the Host field
  head.authority ??= authority;
  return undefined;
}

/** nginx looks for the words anywhere in the value, and "close" wins over "keep-alive". */
function noteConnection(head: RequestHead, value: string): void {
  const lower = value.toLowerCase();
  if (lower.includes("close")) head.connectionClose = true;
  else if (lower.includes("keep-alive")) head.connectionKeepAlive = true;
  if (lower.includes("upgrade")) head.connectionUpgrade = true;
}

function refuseSecond(head: RequestHead, name: FieldName, value: string, before: string): HeadRefusal {
  const second = `"${name.raw}: ${value}", previous value: "${name.raw}: ${before}"`;
  return new HeadRefusal(
    400,
    `client sent duplicate ${name.role === fieldRole.host ? "host header" : "header line"}: ${second}`,
    head.requestLine,
  );
}
