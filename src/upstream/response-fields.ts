/** From an upstream's head to our answer: which fields pass, which are ours, and what X-Accel-* asks for (nginx: ngx_http_upstream_headers_in). */

import { connectionOptions } from "../http/message/fields.ts";
import { parseHttpDate } from "../http/message/http-date.ts";
import type { ResponseHead } from "../http/message/response-head.ts";
import type { RequestContext } from "../http/request-context.ts";
import { type Body, Response } from "../http/response.ts";

/** What a location's directives say about the fields of answers. */
export interface AnswerFieldRules {
  /** Lower-case names that do not reach the client. */
  readonly hidden: ReadonlySet<string>;
  /** Lower-case names that are passed on and not acted upon (`*_ignore_headers`). */
  readonly ignored: ReadonlySet<string>;
  /** Where Server and Date pass, ours are not sent even when the upstream has none (proxy; uwsgi sends ours then). */
  readonly standsInForServer: boolean;
  /** The type of answers, of which they do not tell themselves; undefined: it is the upstream's. */
  readonly contentTypeOf: ((r: RequestContext) => string) | undefined;
  /** Rewrites Location, and the URL of Refresh, from an offset on; undefined: left as it is. */
  readonly rewriteRedirect: ((r: RequestContext, value: string, from: number) => string | undefined) | undefined;
  /** `*_force_ranges`: one range may be cut from the answer here. */
  readonly forceRanges: boolean;
  /** Rewrites Set-Cookie; undefined: left as it is. */
  readonly rewriteCookie: ((r: RequestContext, value: string) => string) | undefined;
}

/** A field that may stand once and stood again: for the error log. */
export interface RepeatedField {
  readonly name: string;
  readonly value: string;
  readonly previous: string;
}

const role = {
  drop: 1,
  single: 2,
  contentType: 3,
  date: 4,
  server: 5,
  lastModified: 6,
  location: 7,
  refresh: 8,
  length: 9,
  upgrade: 10,
  acceptRanges: 11,
  etag: 12,
} as const;

/** Fields that concern the connection to the upstream only (RFC 9110, section 7.6.1), and what every other single field is to us. */
const ROLES: ReadonlyMap<string, number> = new Map<string, number>([
  ["connection", role.drop],
  ["keep-alive", role.drop],
  ["transfer-encoding", role.drop],
  ["te", role.drop],
  ["trailer", role.drop],
  ["upgrade", role.upgrade],
  ["proxy-connection", role.drop],
  ["proxy-authenticate", role.drop],
  ["proxy-authorization", role.drop],
  ["proxy-authentication-info", role.drop],
  ["content-length", role.length],
  ["content-type", role.contentType],
  ["date", role.date],
  ["server", role.server],
  ["last-modified", role.lastModified],
  ["location", role.location],
  ["refresh", role.refresh],
  ["status", role.single],
  ["etag", role.etag],
  ["expires", role.single],
  ["accept-ranges", role.acceptRanges],
  ["content-range", role.single],
  ["content-encoding", role.single],
  ["content-disposition", role.single],
]);

/** Our answer with the upstream's status and fields. `repeated` hears of fields that were left out because they stood before. */
export function responseFrom(
  r: RequestContext,
  head: ResponseHead,
  body: Body,
  rules: AnswerFieldRules,
  repeated: (field: RepeatedField) => void,
): Response {
  const response = new Response(head.status, body, answerLength(head));
  response.reason = reasonOf(head);
  response.disablesConditions = true;
  response.allowsRanges = rules.forceRanges;
  response.allowsOneRange = rules.forceRanges;
  if (rules.standsInForServer) {
    response.hasOwnServer = !rules.hidden.has("server");
    response.hasOwnDate = !rules.hidden.has("date");
  }
  if (rules.contentTypeOf !== undefined) response.contentType = rules.contentTypeOf(r);
  const { names, lowerNames, values } = head;
  const options = namedInConnection(head);
  for (let i = 0; i < lowerNames.length; i++) {
    const lower = lowerNames[i] as string;
    const value = values[i] as string;
    const fieldRole = ROLES.get(lower);
    if (fieldRole === undefined) {
      if (rules.hidden.has(lower) || options?.includes(lower) === true) continue;
      const isRewritten = rules.rewriteCookie !== undefined && lower === "set-cookie";
      response.fields.push(names[i] as string, isRewritten ? rules.rewriteCookie(r, value) : value);
      continue;
    }
    if (fieldRole === role.drop || (fieldRole === role.acceptRanges && rules.forceRanges)) continue;
    if (fieldRole === role.upgrade) {
      if (head.status === 101 || head.status === 426) response.fields.push(names[i] as string, value);
      continue;
    }
    const first = lowerNames.indexOf(lower);
    if (first < i) {
      repeated({ name: names[i] as string, value, previous: values[first] as string });
    } else if (!rules.hidden.has(lower)) {
      takeSingle(r, response, fieldRole, names[i] as string, value, rules);
    }
  }
  return response;
}

/** 204 has no Content-Length (RFC 9110, section 8.6); HEAD and 304 keep the length of the body that stays away. */
function answerLength(head: ResponseHead): number {
  return head.status === 204 ? -1 : head.contentLength;
}

/** The reason behind "404 "; "" when the upstream sent a status alone. */
function reasonOf(head: ResponseHead): string | undefined {
  const { statusText } = head;
  if (statusText === undefined) return undefined;
  const space = statusText.indexOf(" ");
  return space === -1 ? "" : statusText.slice(space + 1);
}

/** Lower-case names that the Connection field makes part of this connection; fields with a meaning of their own are never among them. */
function namedInConnection(head: ResponseHead): readonly string[] | undefined {
  const value = head.field("connection");
  if (value === undefined || value === "close" || value === "keep-alive") return undefined;
  return connectionOptions(value);
}

function takeSingle(r: RequestContext, response: Response, fieldRole: number, name: string, value: string, rules: AnswerFieldRules): void {
  switch (fieldRole) {
    case role.length:
      return;
    case role.contentType:
      // nginx: an empty type is none.
      if (value !== "") response.contentType = value;
      return;
    case role.date:
      response.hasOwnDate = true;
      response.fields.push(name, value);
      return;
    case role.server:
      response.hasOwnServer = true;
      response.fields.push(name, value);
      return;
    case role.lastModified:
      response.lastModifiedText = value;
      // For If-Range.
      if (rules.forceRanges) response.lastModified = parseHttpDate(value) ?? -1;
      return;
    case role.etag:
      if (rules.forceRanges) response.etag = value;
      response.fields.push(name, value);
      return;
    case role.location:
      takeLocation(r, response, name, value, rules);
      return;
    case role.refresh:
      response.fields.push(name, rewrittenRefresh(r, value, rules));
      return;
    default:
      response.fields.push(name, value);
  }
}

/** nginx makes a path absolute only when it rewrote the field itself. */
function takeLocation(r: RequestContext, response: Response, name: string, value: string, rules: AnswerFieldRules): void {
  const rewritten = rules.rewriteRedirect?.(r, value, 0);
  if (rewritten?.startsWith("/") === true) response.location = rewritten;
  else response.fields.push(name, rewritten ?? value);
}

function rewrittenRefresh(r: RequestContext, value: string, rules: AnswerFieldRules): string {
  const url = value.toLowerCase().indexOf("url=");
  return url === -1 ? value : (rules.rewriteRedirect?.(r, value, url + 4) ?? value);
}
