/** An answer's head as HTTP/2 fields, in nginx's order (nginx: ngx_http_v2_header_filter). Source: RFC 9113 section 8.2. */

import type { OutgoingHttpHeaders } from "node:http2";
import { detachText } from "../../message/detach-text.ts";
import { isWritableName } from "../../message/fields.ts";
import { formatHttpDate } from "../../message/http-date.ts";
import type { RequestContext } from "../../request-context.ts";
import type { Response } from "../../response.ts";
import { serverToken } from "../../server-identity.ts";
import { lastModifiedValue, safeValue, settleLocation } from "../response-head-text.ts";

/** Names kept at most; past that the memory starts anew. */
const NAMES_MAX = 1024;
/** What Node.js lets through as a status; one beyond means the same as 500 to a client (RFC 9110 section 15). */
const STATUS_MIN = 200;
const STATUS_MAX = 599;

/** Fields of one connection's framing, which HTTP/2 has no use for and forbids (RFC 9113 section 8.2.2). */
const FORBIDDEN: ReadonlySet<string> = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);
/** Fields that Node.js refuses to send twice although they are lists. */
const JOINED: ReadonlySet<string> = new Set(["content-encoding", "content-language"]);
/** And those that hold one value: the last one stands, as with most clients. */
const SINGLE: ReadonlySet<string> = new Set(
  (
    "access-control-allow-credentials access-control-max-age access-control-request-method age authorization content-length content-location " +
    "content-md5 content-range content-type date dnt etag expires from host if-match if-modified-since if-none-match if-range " +
    "if-unmodified-since last-modified location max-forwards proxy-authorization range referer retry-after tk upgrade-insecure-requests " +
    "user-agent x-content-type-options"
  ).split(" "),
);

const names = new Map<string, string>();

/** What `ServerHttp2Stream.respond` takes, without a field that it would throw at. */
export function responseFields(r: RequestContext, response: Response): OutgoingHttpHeaders {
  const { status } = response;
  const fields = startFields();
  fields[":status"] = status < STATUS_MIN || status > STATUS_MAX ? 500 : status;
  if (!response.hasOwnServer) fields["server"] = serverToken(r.location.settings.serverTokens);
  if (!response.hasOwnDate) fields["date"] = formatHttpDate(Math.floor(Date.now() / 1000));
  if (status !== 204) {
    if (response.contentType !== undefined) fields["content-type"] = safeValue(response.contentType);
    // Node.js sends no content with a 205, either.
    if (response.contentLength >= 0) fields["content-length"] = status === 205 ? "0" : String(response.contentLength);
  }
  const lastModified = lastModifiedValue(response);
  if (lastModified !== "") fields["last-modified"] = lastModified;
  if (response.location !== undefined) fields["location"] = settleLocation(r, response);
  addFields(fields, response.fields);
  return fields;
}

/** An interim answer's. */
export function interimFields(status: number, added: readonly string[]): OutgoingHttpHeaders {
  const fields = startFields();
  fields[":status"] = status;
  addFields(fields, added);
  return fields;
}

/** Fields behind the body; pseudo-fields and what belongs to a connection cannot stand there either. */
export function trailerFields(trailers: readonly string[]): OutgoingHttpHeaders {
  const fields = startFields();
  addFields(fields, trailers);
  return fields;
}

/** Octets of a head before compression, each line counted as RFC 9113 section 6.5.2 does without its overhead. */
export function fieldsBytes(fields: OutgoingHttpHeaders): number {
  let bytes = 0;
  for (const name in fields) bytes += name.length + String(fields[name]).length;
  return bytes;
}

/** Without a prototype: a field may be called "constructor". */
function startFields(): OutgoingHttpHeaders {
  return Object.create(null);
}

function addFields(fields: OutgoingHttpHeaders, added: readonly string[]): void {
  for (let i = 0; i + 1 < added.length; i += 2) {
    const raw = added[i] as string; // the loop's condition says that both are there
    const name = names.get(raw) ?? learnName(raw);
    if (name !== "") addField(fields, name, safeValue(added[i + 1] as string));
  }
}

function addField(fields: OutgoingHttpHeaders, name: string, value: string): void {
  const before = fields[name];
  if (before === undefined || SINGLE.has(name)) fields[name] = value;
  else if (JOINED.has(name)) fields[name] = `${before}, ${value}`;
  else if (Array.isArray(before)) before.push(value);
  else fields[name] = [String(before), value];
}

/** In lower case; "" for one that is not sent. */
function learnName(raw: string): string {
  const lower = raw.toLowerCase();
  const name = isWritableName(raw) && !FORBIDDEN.has(lower) ? lower : "";
  if (names.size >= NAMES_MAX) names.clear();
  names.set(detachText(raw), name);
  return name;
}
