/** Variables of the answer as it was sent: $status, $bytes_sent, $sent_http_name, $sent_trailer_name. */

import type { RequestContext } from "../../request-context.ts";
import type { Response } from "../../response.ts";
import type { Evaluate } from "../../template.ts";
import type { VariableTable } from "../../variables.ts";

export const responseVariables = {
  // nginx prints three digits: a request that got no status reads 000.
  status: (r: RequestContext) => (r.status === 0 ? "000" : String(r.status)),
  bytes_sent: (r: RequestContext) => String(r.bytesSent),
  body_bytes_sent: (r: RequestContext) => String(r.bodyBytesSent),
  sent_http_: { family: readSentField },
  sent_trailer_: { family: readSentTrailer },
} satisfies VariableTable;

type ReadSent = (r: RequestContext, response: Response) => string;

/** Fields that an answer keeps outside of its list of fields, or that framing decides. */
const OWN_FIELDS: ReadonlyMap<string, ReadSent> = new Map<string, ReadSent>([
  ["content-type", (_r, response) => response.contentType ?? ""],
  ["content-length", (_r, response) => (response.contentLength < 0 ? "" : String(response.contentLength))],
  ["last-modified", (_r, response) => lastModified(response)],
  ["location", (_r, response) => response.location ?? response.field("Location") ?? ""],
  ["connection", (r, response) => (response.status === 101 ? "upgrade" : staysOpen(r, response) ? "keep-alive" : "close")],
  ["keep-alive", keepAlive],
  ["transfer-encoding", (r, response) => (isChunked(r, response) ? "chunked" : "")],
]);

function readSentField(suffix: string): Evaluate {
  const name = suffix.toLowerCase().replaceAll("_", "-");
  const own = OWN_FIELDS.get(name);
  if (own !== undefined) return (r) => (r.response === undefined ? "" : own(r, r.response));
  return (r) => (r.response === undefined ? "" : joinFields(r.response.fields, name));
}

function readSentTrailer(suffix: string): Evaluate {
  const name = suffix.toLowerCase().replaceAll("_", "-");
  return (r) => (r.response?.trailers === undefined ? "" : joinFields(r.response.trailers, name));
}

/** Values of all fields of that name, joined as nginx does since 1.23. */
function joinFields(fields: readonly string[], name: string): string {
  let joined: string | undefined;
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const candidate = fields[at] ?? "";
    if (candidate.length !== name.length || candidate.toLowerCase().replaceAll("_", "-") !== name) continue;
    const value = fields[at + 1] ?? "";
    joined = joined === undefined ? value : `${joined}, ${value}`;
  }
  return joined ?? "";
}

/** nginx: a date of ours only of answers that say something of the file itself, not of an error page that happens to be one. */
function lastModified({ status, lastModified, lastModifiedText }: Response): string {
  if (lastModified < 0) return lastModifiedText ?? "";
  if (status !== 200 && status !== 206 && status !== 304) return "";
  return lastModifiedText ?? new Date(lastModified * 1000).toUTCString();
}

function staysOpen(r: RequestContext, response: Response): boolean {
  const { head, location, exchange } = r;
  if (response.closesConnection || location.settings.keepaliveTimeoutMs === 0) return false;
  if (exchange.connection.requests >= location.settings.keepaliveRequests) return false;
  return head.version >= 11 ? !head.connectionClose : head.connectionKeepAlive;
}

function keepAlive(r: RequestContext, response: Response): string {
  const seconds = r.location.settings.keepaliveHeaderSeconds;
  return seconds > 0 && staysOpen(r, response) ? `timeout=${seconds}` : "";
}

function isChunked(r: RequestContext, response: Response): boolean {
  if (r.parent !== undefined) return false;
  if (r.head.version !== 11 || response.contentLength >= 0 || !r.location.settings.chunkedTransferEncoding) return false;
  return response.status >= 200 && response.status !== 204 && response.status !== 304;
}
