/** From the fields of an HTTP/2 stream to a request head. Source: RFC 9113 section 8.3, nginx ngx_http_v2_state_process_header. */

import { type FieldName, fieldNameAt, fieldRole, isSoundValue, nameForm } from "../../message/field-name.ts";
import { HeadRefusal } from "../../message/head-refusal.ts";
import { parseHost } from "../../message/host.ts";
import { type HeadLimits, type HeadRules, isIgnored } from "../../message/parse-request-head.ts";
import { addField, dropField, finishHead, RequestHead } from "../../message/request-head.ts";

const HTTP2 = 20;
const COLON = 58;
/** nginx: letters, "_" and "-", as over HTTP/1.x. */
const METHOD = /^[A-Z_-]+$/;
const TARGET = /^\/[^\x00-\x20\x7f]*$/;
/** Token characters of RFC 9110: what strict_http lets pass as a name. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;

/** What the pseudo-fields say; "" for one that is missing. */
interface RequestParts {
  method: string;
  path: string;
  authority: string;
}

/**
 * Reads names and values, flat and by arrival, latin1. nghttp2 has refused before what RFC 9113 calls malformed: missing, doubled, unknown and late
 * pseudo-fields, upper-case names, fields of a connection. Cookie crumbs become one field, as nginx joins them.
 */
export function readStreamHead(fields: readonly string[], limits: HeadLimits, rules: HeadRules): RequestHead | HeadRefusal {
  const { method, path, authority } = readParts(fields);
  const target = method === "CONNECT" ? "/" : path;
  const requestLine = `${method} ${target} HTTP/2.0`;
  if (!METHOD.test(method)) return refuse(400, "client sent invalid method", requestLine);
  if (!TARGET.test(target)) return refuse(400, `client sent invalid :path header: "${path}"`, requestLine);
  const asked = authority === "" ? undefined : parseHost(authority);
  if (authority !== "" && asked === undefined) return refuse(400, "client sent invalid host in request line", requestLine);

  const head = new RequestHead(method, target, requestLine, HTTP2, asked);
  const refusal = readFields(head, fields, authority, limits, rules) ?? checkHost(head, authority) ?? finishHead(head);
  if (refusal === undefined) return head;
  const refused = refuse(refusal.status, refusal.reason, requestLine);
  refused.head = head;
  return refused;
}

function readParts(fields: readonly string[]): RequestParts {
  const parts: RequestParts = { method: "", path: "", authority: "" };
  // Pseudo-fields come first: there are five names at the most.
  for (let i = 0; i + 1 < fields.length && fields[i]?.charCodeAt(0) === COLON; i += 2) {
    const value = fields[i + 1] ?? "";
    if (fields[i] === ":method") parts.method = value;
    else if (fields[i] === ":path") parts.path = value;
    else if (fields[i] === ":authority") parts.authority = value;
  }
  return parts;
}

function readFields(
  head: RequestHead,
  fields: readonly string[],
  authority: string,
  limits: HeadLimits,
  addressRules: HeadRules,
): HeadRefusal | undefined {
  const bytesMax = limits.largeBuffers * limits.largeBufferBytes;
  let rules = rulesOf(head, addressRules);
  let bytes = 0;
  let cookie: string | undefined;
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const raw = fields[i] ?? "";
    const value = fields[i + 1] ?? "";
    const length = raw.length + value.length;
    bytes += length;
    if (length > limits.largeBufferBytes || bytes > bytesMax) return refuse(494, "client sent too large header", head.requestLine);
    if (raw.charCodeAt(0) === COLON) continue;
    const name = fieldNameAt(raw, 0, raw.length);
    if (!isSoundField(name, value, rules)) return refuse(400, `client sent invalid header: "${raw}"`, head.requestLine);
    if (isIgnored(name, rules)) {
      dropField(head, `${raw}: ${value}`);
    } else if (raw === "cookie") {
      cookie = cookie === undefined ? value : `${cookie}; ${value}`;
    } else {
      if (head.fieldNames.length >= limits.fieldsMax) return refuse(494, "client sent too many header lines", head.requestLine);
      const refusal = addField(head, name, value);
      if (refusal !== undefined) return refusal;
      if (name.role === fieldRole.host) rules = rulesOf(head, addressRules);
    }
  }
  if (authority !== "" && head.host === undefined) addOwnField(head, "host", authority);
  if (cookie !== undefined) addOwnField(head, "cookie", cookie);
  return undefined;
}

/** Those of the virtual server that is asked for, once it is known. */
function rulesOf(head: RequestHead, addressRules: HeadRules): HeadRules {
  return head.authority === undefined ? addressRules : (addressRules.rulesForHost?.(head.authority.host) ?? addressRules);
}

function isSoundField(name: FieldName, value: string, rules: HeadRules): boolean {
  if (name.form === nameForm.refused || !isSoundValue(name, value, name.raw.length + value.length)) return false;
  return !rules.strict_http || TOKEN.test(name.raw);
}

function addOwnField(head: RequestHead, name: string, value: string): void {
  addField(head, fieldNameAt(name, 0, name.length), value);
}

/** Two names for one host are two sites to two readers (RFC 9113 section 8.3.1); nginx follows :authority. */
function checkHost(head: RequestHead, authority: string): HeadRefusal | undefined {
  if (head.authority === undefined) return refuse(400, 'client sent neither ":authority" nor "Host" header', head.requestLine);
  if (authority === "" || head.host === undefined || head.host.toLowerCase() === authority.toLowerCase()) return undefined;
  return refuse(400, 'client sent ":authority" and "Host" headers with different values', head.requestLine);
}

function refuse(status: number, reason: string, requestLine: string): HeadRefusal {
  return new HeadRefusal(status, reason, requestLine, "headers", HTTP2);
}
