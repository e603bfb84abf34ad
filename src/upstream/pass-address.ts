/** The address of a pass directive, compiled to a function from request to target. Mistakes in it are reported at load. */

import type { Span } from "../config/source.ts";
import type { TemplateText } from "../config/template-text.ts";
import type { Scope } from "../http/module.ts";
import { logRequestError } from "../http/request-log.ts";
import { EvaluatedGroups, findDeclaredGroup, groupForAddress } from "./find-group.ts";
import type { FindTarget } from "./pass-handler.ts";
import { UPSTREAM_GROUPS, type UpstreamGroup } from "./upstream-group.ts";
import type { UpstreamTarget } from "./upstream-protocol.ts";
import { parseUpstreamUrl, type UpstreamUrl } from "./upstream-url.ts";

export interface AddressForm {
  readonly scheme: "http" | "uwsgi";
  /** Undefined: a port has to be given (unless the name is an upstream's). */
  readonly defaultPort: number | undefined;
  readonly isSchemeOptional: boolean;
}

/** Stands in for the port of an address that must name one and does not. */
const NO_PORT = 0;
/** Schemes that nginx has and this program has not. */
const UNSUPPORTED_SCHEME = /^(?:https|suwsgi):\/\//i;

/** Undefined when the address is wrong, which has then been reported. */
export function compilePassAddress(address: TemplateText, form: AddressForm, scope: Scope): FindTarget | undefined {
  if (address.parts.some((part) => typeof part !== "string")) return evaluatedAddress(address, form, scope);
  const target = literalTarget(address.text, form, scope, address.span);
  return target === undefined ? undefined : () => target;
}

/** What a literal address means, for directives that need its parts; see `compilePassAddress`. */
export function literalTarget(text: string, form: AddressForm, scope: Scope, span: Span | undefined): UpstreamTarget | undefined {
  const complain = (message: string, code = "invalid-address"): undefined => {
    scope.report({ level: "emerg", code, message, ...(span === undefined ? {} : { span }) });
    return undefined;
  };
  if (UNSUPPORTED_SCHEME.test(text))
    return complain(`"${text.slice(0, text.indexOf("/"))}//" is not supported yet: TLS to upstreams comes later`, "not-supported");
  const rest = withoutScheme(text, form);
  if (rest === undefined) return complain("invalid URL prefix");
  const url = parseUpstreamUrl(rest, form.defaultPort ?? NO_PORT);
  if ("mistake" in url) return complain(`${url.mistake} in upstream "${rest}"`);
  if (form.scheme === "uwsgi" && url.uri !== "") return complain(`invalid host in upstream "${rest}"`);
  const declared = findDeclaredGroup(url, scope.all(UPSTREAM_GROUPS));
  if (declared !== undefined && url.port !== undefined) return complain(`upstream "${url.name}" may not have port ${url.port}`);
  if (declared === undefined && lacksPort(url)) return complain(`no port in upstream "${url.name}"`);
  return targetFor(url, declared ?? groupForAddress(url, scope.services), form, false);
}

function evaluatedAddress(address: TemplateText, form: AddressForm, scope: Scope): FindTarget {
  const { evaluate } = scope.template(address);
  const groups = new EvaluatedGroups(scope);
  return (r) => {
    const text = evaluate(r);
    const rest = withoutScheme(text, form);
    if (rest === undefined) {
      logRequestError(r, "error", `invalid URL prefix in "${text}"`);
      return 500;
    }
    const url = parseUpstreamUrl(rest, form.defaultPort ?? NO_PORT);
    if ("mistake" in url) {
      logRequestError(r, "error", `${url.mistake} in upstream "${rest}"`);
      return 500;
    }
    const group = groups.find(url);
    if (group.span === undefined && lacksPort(url)) {
      logRequestError(r, "error", `no port in upstream "${url.name}"`);
      return 500;
    }
    return targetFor(url, group, form, true);
  };
}

function withoutScheme(text: string, form: AddressForm): string | undefined {
  const scheme = `${form.scheme}://`;
  if (text.slice(0, scheme.length).toLowerCase() === scheme) return text.slice(scheme.length);
  return form.isSchemeOptional ? text : undefined;
}

function lacksPort(url: UpstreamUrl): boolean {
  return url.address.kind === "inet" && url.address.port === NO_PORT;
}

function targetFor(url: UpstreamUrl, group: UpstreamGroup, form: AddressForm, isEvaluated: boolean): UpstreamTarget {
  const scheme = `${form.scheme}://`;
  const { address, port, uri } = url;
  if (address.kind === "unix") return { group, scheme, host: "localhost", port: "", uri, isEvaluated };
  const isUsual = port === undefined || port === form.defaultPort;
  return {
    group,
    scheme,
    host: isUsual ? url.name : `${url.name}:${port}`,
    port: String(port ?? form.defaultPort ?? ""),
    uri,
    isEvaluated,
  };
}
