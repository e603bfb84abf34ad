/** The var block of a location: configured params, then HTTP_HOST, then the client's fields (nginx: ngx_http_uwsgi_create_request). */

import { httpVarName } from "../../http/message/fields.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { Template } from "../../http/template.ts";
import { joinedRequestFields } from "../request-fields.ts";
import { encodeCounted } from "./packet.ts";

/** A `uwsgi_param`. */
export interface UwsgiParam {
  readonly name: string;
  readonly value: Template;
  readonly ifNotEmpty: boolean;
}

export interface VarBlockSettings {
  readonly params: readonly UwsgiParam[];
  readonly passRequestHeaders: boolean;
  /** `uwsgi_string`: sent behind the vars as it is, counted in the block's size. */
  readonly trailingBytes: Template | undefined;
}

/** Field names whose vars one location remembers; past that it starts anew, so that hostile names cannot fill memory. */
const KNOWN_FIELDS_MAX = 1024;

/** Makes the encoder of a location's var block, latin1. */
export function compileVarBlock(settings: VarBlockSettings): (r: RequestContext) => string {
  const { params, passRequestHeaders, trailingBytes } = settings;
  const steps = paramSteps(params);
  const hasOwnHost = params.some((param) => param.name.toUpperCase() === "HTTP_HOST");
  const encodeFields = compileFields(suppressedNames(params, hasOwnHost));
  const encodedHost = encodeCounted("HTTP_HOST");
  return (r) => {
    let block = "";
    for (const step of steps) block += typeof step === "string" ? step : step(r);
    if (!hasOwnHost) {
      const host = requestHost(r);
      if (host !== "") block += encodedHost + encodeCounted(host);
    }
    if (passRequestHeaders) block += encodeFields(r);
    return trailingBytes === undefined ? block : block + trailingBytes.evaluate(r);
  };
}

/** nginx 1.29.5 and later: `$host$is_request_port$request_port`, so that the host a request was routed by is the one the application sees. */
function requestHost(r: RequestContext): string {
  const port = r.head.authority?.port ?? 0;
  return port === 0 ? r.host : `${r.host}:${port}`;
}

type VarStep = string | ((r: RequestContext) => string);

/** Params in order; runs of constant ones are encoded here, once. */
function paramSteps(params: readonly UwsgiParam[]): VarStep[] {
  const steps: VarStep[] = [];
  for (const { name, value, ifNotEmpty } of params) {
    const encodedName = encodeCounted(name);
    if (value.constant === undefined) {
      const { evaluate } = value;
      steps.push((r) => {
        const text = evaluate(r);
        return ifNotEmpty && text === "" ? "" : encodedName + encodeCounted(text);
      });
      continue;
    }
    if (value.constant === "" && (ifNotEmpty || name.startsWith("HTTP_"))) continue;
    const encoded = encodedName + encodeCounted(value.constant);
    const last = steps.length - 1;
    const before = steps[last];
    if (typeof before === "string") steps[last] = before + encoded;
    else steps.push(encoded);
  }
  return steps;
}

/**
 * Client fields that are not passed on, as var names: those a param speaks for (only names that begin with "HTTP_" count, as in nginx), Proxy,
 * which CGI libraries take for a proxy's address (httpoxy), and Transfer-Encoding, since the body is sent de-chunked.
 */
function suppressedNames(params: readonly UwsgiParam[], hasOwnHost: boolean): ReadonlySet<string> {
  const names = new Set(["HTTP_PROXY", "HTTP_TRANSFER_ENCODING"]);
  if (!hasOwnHost) names.add("HTTP_HOST");
  for (const { name } of params) if (name.startsWith("HTTP_")) names.add(name.toUpperCase());
  return names;
}

/** Encodes the client's fields; what a field's name becomes is remembered, "" for one that is not passed on. */
function compileFields(suppressed: ReadonlySet<string>): (r: RequestContext) => string {
  const known = new Map<string, string>();
  const learn = (lower: string): string => {
    const name = httpVarName(lower);
    const encoded = suppressed.has(name) ? "" : encodeCounted(name);
    if (known.size >= KNOWN_FIELDS_MAX) known.clear();
    known.set(lower, encoded);
    return encoded;
  };
  return (r) => {
    const { names, values } = joinedRequestFields(r.head);
    let block = "";
    for (let i = 0; i < names.length; i++) {
      const lower = names[i] as string;
      const encodedName = known.get(lower) ?? learn(lower);
      if (encodedName !== "") block += encodedName + encodeCounted(values[i] as string);
    }
    return block;
  };
}
