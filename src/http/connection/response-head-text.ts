/** The bytes of an answer's head, in nginx's order of fields (nginx: ngx_http_header_filter). */

import { formatHttpDate } from "../message/http-date.ts";
import { statusLine } from "../message/status.ts";
import type { RequestContext } from "../request-context.ts";
import type { Response } from "../response.ts";
import { serverToken } from "../server-identity.ts";
import type { BodyFraming } from "./response-framing.ts";

const UNSAFE_IN_FIELD = /[\r\n\0]/;
const DEFAULT_PORTS = { http: "80", https: "443" } as const;

/** The head with its empty line, latin1. `connectionField` is the whole line (or lines) with line ends. */
export function renderResponseHead(r: RequestContext, response: Response, framing: BodyFraming, connectionField: string): string {
  const { settings } = r.location;
  // The space before the reason is sent even where there is none (RFC 9112 section 4).
  let head = response.reason === undefined ? statusLine(response.status) : `HTTP/1.1 ${response.status} ${response.reason}\r\n`;
  if (!response.hasOwnServer) head += `Server: ${serverToken(settings.serverTokens)}\r\n`;
  if (!response.hasOwnDate) head += `Date: ${formatHttpDate(Math.floor(Date.now() / 1000))}\r\n`;
  if (response.contentType !== undefined && response.status !== 204) head += `Content-Type: ${safeValue(response.contentType)}\r\n`;
  if (response.contentLength >= 0 && framing !== "chunked" && response.status !== 204)
    head += `Content-Length: ${response.contentLength}\r\n`;
  const lastModified = lastModifiedValue(response);
  if (lastModified !== "") head += `Last-Modified: ${lastModified}\r\n`;
  if (response.location !== undefined) head += `Location: ${settleLocation(r, response)}\r\n`;
  if (framing === "chunked") head += "Transfer-Encoding: chunked\r\n";
  head += connectionField;
  const { fields } = response;
  for (let i = 0; i < fields.length; i += 2) head += `${fields[i]}: ${safeValue(fields[i + 1] as string)}\r\n`;
  return `${head}\r\n`;
}

/** "" for none. nginx: a date of ours stands only in answers that say something of the file itself, not in an error page that happens to be one. */
export function lastModifiedValue({ status, lastModifiedText, lastModified }: Response): string {
  if (lastModified < 0) return lastModifiedText ?? "";
  if (status !== 200 && status !== 206 && status !== 304) return "";
  return lastModifiedText ?? formatHttpDate(lastModified);
}

/** What was put in a field by a variable may hold decoded bytes of a request: line ends and NUL never reach the wire. */
export function safeValue(value: string): string {
  return UNSAFE_IN_FIELD.test(value) ? value.replace(/[\r\n\0]+/g, " ") : value;
}

/** A redirect to a path of this server gets scheme, host and port unless `absolute_redirect off`; logs read of it what was sent, as in nginx. */
export function settleLocation(r: RequestContext, response: Response): string {
  response.location = absoluteLocation(r, response);
  response.locationIsFinal = true;
  return response.location;
}

function absoluteLocation(r: RequestContext, response: Response): string {
  const location = (response.location as string).replace(/[\r\n\0]/g, (char) => (char === "\r" ? "%0D" : char === "\n" ? "%0A" : "%00"));
  const { settings } = r.location;
  if (response.locationIsFinal || !location.startsWith("/") || !settings.absoluteRedirect) return location;
  const { connection } = r.exchange;
  const scheme = connection.tls !== undefined ? "https" : "http";
  // nginx: a request that names no host is sent back to the address it came to.
  const asked = (r.head.authority?.host ?? "") === "" ? bracketed(connection.localAddress) : r.host;
  const host = settings.serverNameInRedirect && r.server.name !== "" ? r.server.name : asked;
  const port =
    settings.portInRedirect && connection.localPort !== "" && connection.localPort !== DEFAULT_PORTS[scheme]
      ? `:${connection.localPort}`
      : "";
  return `${scheme}://${host}${port}${location}`;
}

function bracketed(address: string): string {
  return address.includes(":") && !address.startsWith("unix:") ? `[${address}]` : address;
}
