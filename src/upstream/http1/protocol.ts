/** Requests as HTTP/1.1 (or 1.0) heads (nginx: ngx_http_proxy_create_request). */

import { connectionOptions } from "../../http/message/fields.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { Template } from "../../http/template.ts";
import { HttpFraming } from "../http-framing.ts";
import { readHttp1Head } from "../read-answer-head.ts";
import { namesHttp2, requestedUpgrade } from "../requested-upgrade.ts";
import { UPSTREAM_CAUSES, UpstreamError } from "../upstream-error.ts";
import type { SentBodyLength, UpstreamProtocol, UpstreamTarget } from "../upstream-protocol.ts";
import { upstreamUri } from "./request-uri.ts";

/** A `proxy_set_header`. */
export interface SetField {
  readonly name: string;
  readonly value: Template;
}

export interface Http1ProtocolSettings {
  readonly version: "1.0" | "1.1";
  readonly setFields: readonly SetField[];
  readonly passRequestHeaders: boolean;
  /** `proxy_pass_upgrade`: what the client asks to switch to is asked of the upstream. */
  readonly passUpgrade: boolean;
  /** `proxy_method`; undefined: the client's. */
  readonly method: Template | undefined;
  /** `proxy_set_body`; undefined: the client's. */
  readonly body: Template | undefined;
  /** Octets of the location's prefix that a URI part of proxy_pass replaces. */
  readonly prefixLength: number;
}

/** The client's fields that never pass: those we set ourselves by default, and those of its connection to us. */
export const NOT_PASSED = [
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "te",
  "keep-alive",
  "expect",
  "upgrade",
  "http2-settings",
  "proxy-connection",
  "trailer",
] as const;
/** The framing of the request is ours alone: directives may not set these. */
export const FRAMING: ReadonlySet<string> = new Set(["content-length", "transfer-encoding"]);
/** A Connection field may not take away what requests are judged by. */
const KEPT_OPTIONS: ReadonlySet<string> = new Set(
  "authorization cookie content-type forwarded x-forwarded-for x-forwarded-host x-forwarded-proto x-real-ip".split(" "),
);
export const LINE_BREAK = /[\r\n\0]+/g;

export function createHttp1Protocol(settings: Http1ProtocolSettings): UpstreamProtocol {
  const { version, setFields, passRequestHeaders, passUpgrade, prefixLength } = settings;
  const names = new Set(setFields.map((field) => field.name.toLowerCase()));
  const notPassed = new Set<string>([...NOT_PASSED, ...names]);
  const lines = setFields.filter((field) => !FRAMING.has(field.name.toLowerCase()) && field.value.constant !== "").map(compileField);
  const setsLength = names.has("content-length");
  const setsHost = names.has("host");
  const setsConnection = names.has("upgrade") || names.has("connection");
  const asksUpgrade = passUpgrade && version === "1.1";
  const requestLineEnd = ` HTTP/${version}\r\n`;

  const requestUri = (r: RequestContext, target: UpstreamTarget): string =>
    upstreamUri(r, { uri: target.uri, prefixLength, isEvaluated: target.isEvaluated });

  const encodeHead = (r: RequestContext, target: UpstreamTarget, bodyLength: SentBodyLength): string => {
    let head = `${methodOf(r, settings.method)} ${requestUri(r, target)}${requestLineEnd}`;
    for (const line of lines) head += line(r);
    if (!setsHost) head += `Host: ${target.host}\r\n`;
    if (!setsConnection) head += connectionLines(r, asksUpgrade, version, target);
    if (bodyLength > 0 || (bodyLength === 0 && !setsLength && expectsLength(r))) head += `Content-Length: ${bodyLength}\r\n`;
    else if (bodyLength < 0) head += "Transfer-Encoding: chunked\r\n";
    if (passRequestHeaders) head += passedFields(r, notPassed);
    return `${head}\r\n`;
  };

  return {
    name: "http",
    keepsAlive: version === "1.1",
    sendsChunks: version === "1.1",
    takesBody: true,
    encodeHead,
    uriForLog: requestUri,
    diagnoseSilence,
    readHead: readHttp1Head,
    frame: (head, method) => new HttpFraming(head, method),
    remarkOn: () => undefined,
    replacementBody: (r) => settings.body?.evaluate(r),
  };
}

function compileField(field: SetField): (r: RequestContext) => string {
  const start = `${field.name}: `;
  const { constant, evaluate } = field.value;
  if (constant !== undefined) {
    const line = `${start}${constant.replace(LINE_BREAK, " ")}\r\n`;
    return () => line;
  }
  const isUpgrade = field.name.toLowerCase() === "upgrade";
  return (r) => {
    const value = evaluate(r);
    // nginx: an empty value means that the field is not sent. What a client can write there must not lead to HTTP/2.
    return value === "" || (isUpgrade && namesHttp2(value)) ? "" : `${start}${value.replace(LINE_BREAK, " ")}\r\n`;
  };
}

export function methodOf(r: RequestContext, method: Template | undefined): string {
  const sound = method?.evaluate(r).replace(/[^!#-'*+\-.0-9A-Z^-z|~]/g, "");
  return sound === undefined || sound === "" ? r.method : sound;
}

/** Upgrades pass without being configured, unless a directive sets either field. */
function connectionLines(r: RequestContext, asksUpgrade: boolean, version: "1.0" | "1.1", target: UpstreamTarget): string {
  const upgrade = asksUpgrade && r.parent === undefined ? requestedUpgrade(r.head) : undefined;
  if (upgrade !== undefined) return `Upgrade: ${upgrade}\r\nConnection: upgrade\r\n`;
  return version === "1.1" && target.group.keepalive.idleMax > 0 ? "" : "Connection: close\r\n";
}

/** A length of 0 is said when the client said it, or the method is one that usually has a body. */
export function expectsLength(r: RequestContext): boolean {
  return r.head.contentLength !== undefined || r.head.transferEncoding !== undefined;
}

function passedFields(r: RequestContext, notPassed: ReadonlySet<string>): string {
  // nginx joins repeated fields for CGI-like protocols only.
  const { fieldNames, fieldRawNames, fieldValues } = r.head;
  const options = optionsOf(r);
  let text = "";
  for (let i = 0; i < fieldNames.length; i++) {
    const lower = fieldNames[i] as string;
    if (notPassed.has(lower) || options?.includes(lower) === true) continue;
    text += `${fieldRawNames[i]}: ${fieldValues[i]}\r\n`;
  }
  return text;
}

/** Fields that the client declares to be for its connection only. */
export function optionsOf(r: RequestContext): readonly string[] | undefined {
  const value = r.head.field("connection");
  if (value === undefined || value === "close" || value === "keep-alive") return undefined;
  return connectionOptions(value).filter((option) => !KEPT_OPTIONS.has(option));
}

/** A uwsgi socket takes "GET " for a packet's head, finds it too long and closes. */
function diagnoseSilence(error: UpstreamError): UpstreamError {
  if (error.causeCode !== "closed_without_answer" && error.causeCode !== "connection_reset") return error;
  const remedy = `${UPSTREAM_CAUSES[error.causeCode].remedy}; if it is a uwsgi socket, use uwsgi_pass`;
  return new UpstreamError(error.causeCode, error.message, error.level, remedy);
}
