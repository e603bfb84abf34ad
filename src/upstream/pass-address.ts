/** The address of a pass directive, compiled to a function from request to target. Mistakes in it are reported at load. */

import type { Span } from "../config/source.ts";
import type { TemplateText } from "../config/template-text.ts";
import type { Scope } from "../http/module.ts";
import { logRequestError } from "../http/request-log.ts";
import { EvaluatedGroups, findDeclaredGroup, literalGroup } from "./find-group.ts";
import type { FindTarget } from "./pass-handler.ts";
import { UPSTREAM_GROUPS, type UpstreamGroup } from "./upstream-group.ts";
import type { UpstreamTarget } from "./upstream-protocol.ts";
import { parseUpstreamUrl, type UpstreamUrl } from "./upstream-url.ts";

export interface AddressForm {
  /** Which the address may begin with; one that begins with none has the first. */
  readonly schemes: readonly PassScheme[];
  readonly writtenScheme: "always" | "maybe" | "never";
  readonly mayHaveUri: boolean;
}

export interface PassScheme {
  /** "http://" */
  readonly prefix: string;
  /** Undefined: a port has to be given (unless the name is an upstream's). */
  readonly defaultPort: number | undefined;
  readonly usesTls: boolean;
}

/** Stands in for the port of an address that must name one and does not. */
const NO_PORT = 0;

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
  const found = takeScheme(text, form);
  if (found === undefined) return complain("invalid URL prefix");
  const { scheme, rest } = found;
  const url = parseUpstreamUrl(rest, scheme.defaultPort ?? NO_PORT);
  // nginx looks at ports behind this.
  const hasUri = "uri" in url ? url.uri !== "" : rest.includes("/");
  if (!form.mayHaveUri && hasUri) return complain(`invalid host in upstream "${rest}"`);
  if ("mistake" in url) return complain(`${url.mistake} in upstream "${rest}"`);
  const declared = findDeclaredGroup(url, scope.all(UPSTREAM_GROUPS));
  if (declared !== undefined && url.port !== undefined) return complain(`upstream "${url.name}" may not have port ${url.port}`);
  if (declared === undefined && lacksPort(url)) return complain(`no port in upstream "${url.name}"`);
  return targetFor(url, declared ?? literalGroup(url, scope, span), scheme, false);
}

function evaluatedAddress(address: TemplateText, form: AddressForm, scope: Scope): FindTarget {
  const { evaluate } = scope.template(address);
  const groups = new EvaluatedGroups(scope);
  return (r) => {
    const text = evaluate(r);
    const found = takeScheme(text, form);
    if (found === undefined) {
      logRequestError(r, "error", `invalid URL prefix in "${text}"`);
      return 500;
    }
    const { scheme, rest } = found;
    const url = parseUpstreamUrl(rest, scheme.defaultPort ?? NO_PORT);
    if ("mistake" in url) {
      logRequestError(r, "error", `${url.mistake} in upstream "${rest}"`);
      return 500;
    }
    const known = groups.findLiteral(url);
    if (known === undefined && lacksPort(url)) {
      logRequestError(r, "error", `no port in upstream "${url.name}"`);
      return 500;
    }
    const group = known ?? groups.find(url);
    if (group === undefined) {
      logRequestError(r, "error", `no resolver defined to resolve ${url.name}`);
      return 502;
    }
    return targetFor(url, group, scheme, true);
  };
}

/** True where an address may turn out to ask for TLS. */
export function mayUseTls(address: TemplateText, form: AddressForm): boolean {
  const isLiteral = address.parts.every((part) => typeof part === "string");
  return !isLiteral || takeScheme(address.text, form)?.scheme.usesTls === true;
}

function takeScheme(text: string, form: AddressForm): { readonly scheme: PassScheme; readonly rest: string } | undefined {
  const [first] = form.schemes;
  if (form.writtenScheme === "never") return first === undefined ? undefined : { scheme: first, rest: text };
  for (const scheme of form.schemes) {
    const { length } = scheme.prefix;
    if (text.slice(0, length).toLowerCase() === scheme.prefix) return { scheme, rest: text.slice(length) };
  }
  return form.writtenScheme === "maybe" && first !== undefined ? { scheme: first, rest: text } : undefined;
}

function lacksPort(url: UpstreamUrl): boolean {
  return url.address.kind === "inet" && url.address.port === NO_PORT;
}

function targetFor(url: UpstreamUrl, group: UpstreamGroup, scheme: PassScheme, isEvaluated: boolean): UpstreamTarget {
  const { prefix, usesTls, defaultPort } = scheme;
  const { address, port, uri } = url;
  if (address.kind === "unix")
    return { group, scheme: prefix, usesTls, tlsName: "localhost", host: "localhost", port: "", uri, isEvaluated };
  const isUsual = port === undefined || port === defaultPort;
  return {
    group,
    scheme: prefix,
    usesTls,
    tlsName: url.name,
    host: isUsual ? url.name : `${url.name}:${port}`,
    port: String(port ?? defaultPort ?? ""),
    uri,
    isEvaluated,
  };
}
