/** Requests as HTTP/2 field sections (RFC 9113, section 8.3.1; nginx: ngx_http_proxy_v2_create_request). */

import type { RequestContext } from "../../http/request-context.ts";
import type { Template } from "../../http/template.ts";
import { HttpFraming } from "../http-framing.ts";
import { expectsLength, FRAMING, LINE_BREAK, methodOf, NOT_PASSED, optionsOf, type SetField } from "../http1/protocol.ts";
import { upstreamUri } from "../http1/request-uri.ts";
import { readHttp1Head } from "../read-answer-head.ts";
import { UPSTREAM_CAUSES, UpstreamError } from "../upstream-error.ts";
import type { SentBodyLength, UpstreamProtocol, UpstreamTarget } from "../upstream-protocol.ts";
import { fieldLine } from "./head-lines.ts";

export interface Http2ProtocolSettings {
  readonly setFields: readonly SetField[];
  readonly passRequestHeaders: boolean;
  /** `proxy_method`; undefined: the client's. */
  readonly method: Template | undefined;
  /** `proxy_set_body`; undefined: the client's. */
  readonly body: Template | undefined;
  /** Octets of the location's prefix that a URI part of proxy_pass replaces. */
  readonly prefixLength: number;
}

/** Fields that HTTP/2 does not have (RFC 9113, section 8.2.2): directives may not set them either. */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  ...FRAMING,
  "connection",
  "keep-alive",
  "proxy-connection",
  "upgrade",
  "http2-settings",
]);

export function createHttp2Protocol(settings: Http2ProtocolSettings): UpstreamProtocol {
  const { setFields, passRequestHeaders, prefixLength } = settings;
  const names = new Set(setFields.map((field) => field.name.toLowerCase()));
  const notPassed = new Set<string>([...NOT_PASSED, ...names]);
  const host = setFields.findLast((field) => field.name.toLowerCase() === "host");
  const lines = setFields.filter((field) => isSent(field)).map(compileField);
  const setsLength = names.has("content-length");

  const requestUri = (r: RequestContext, target: UpstreamTarget): string =>
    upstreamUri(r, { uri: target.uri, prefixLength, isEvaluated: target.isEvaluated });

  const encodeHead = (r: RequestContext, target: UpstreamTarget, bodyLength: SentBodyLength): string => {
    const authority = host === undefined ? target.host : host.value.evaluate(r).replace(LINE_BREAK, " ").trim();
    let head = `:method: ${methodOf(r, settings.method)}\r\n:scheme: ${target.scheme.slice(0, target.scheme.indexOf(":"))}\r\n`;
    if (authority !== "") head += `:authority: ${authority}\r\n`;
    head += `:path: ${requestUri(r, target)}\r\n`;
    for (const line of lines) head += line(r);
    if (bodyLength > 0 || (bodyLength === 0 && !setsLength && expectsLength(r))) head += `content-length: ${bodyLength}\r\n`;
    if (passRequestHeaders) head += passedFields(r, notPassed);
    return `${head}\r\n`;
  };

  return {
    name: "http",
    // Connections are shared, not kept: see Http2Sessions.
    keepsAlive: false,
    sendsChunks: true,
    takesBody: true,
    encodeHead,
    uriForLog: requestUri,
    diagnoseSilence,
    // Heads come as fields: see answer-head.ts.
    readHead: readHttp1Head,
    frame: (head, method) => new HttpFraming(head, method),
    remarkOn: () => undefined,
    replacementBody: (r) => settings.body?.evaluate(r),
  };
}

function isSent({ name, value }: SetField): boolean {
  const lower = name.toLowerCase();
  return lower !== "host" && !CONNECTION_FIELDS.has(lower) && value.constant !== "";
}

function compileField(field: SetField): (r: RequestContext) => string {
  const name = field.name.toLowerCase();
  const { constant, evaluate } = field.value;
  const line = (value: string): string => {
    // nginx: an empty value means that the field is not sent.
    if (value === "") return "";
    // RFC 9113, section 8.2.2: "trailers" is all that may be asked for.
    if (name === "te" && value.trim().toLowerCase() !== "trailers") return "";
    return fieldLine(name, value.replace(LINE_BREAK, " "));
  };
  if (constant === undefined) return (r) => line(evaluate(r));
  const text = line(constant);
  return () => text;
}

function passedFields(r: RequestContext, notPassed: ReadonlySet<string>): string {
  const { fieldNames, fieldValues } = r.head;
  const options = optionsOf(r);
  let text = "";
  for (let i = 0; i < fieldNames.length; i++) {
    const name = fieldNames[i] as string; // i is within its length
    if (!notPassed.has(name) && options?.includes(name) !== true) text += fieldLine(name, fieldValues[i] as string); // runs in step
  }
  return text;
}

/** Servers that know HTTP/1 only close, or reset, at the connection preface. */
function diagnoseSilence(error: UpstreamError): UpstreamError {
  if (error.causeCode !== "closed_without_answer" && error.causeCode !== "connection_reset") return error;
  const remedy = `${UPSTREAM_CAUSES[error.causeCode].remedy}; if it does not speak HTTP/2, set proxy_http_version 1.1`;
  return new UpstreamError(error.causeCode, error.message, error.level, remedy);
}
