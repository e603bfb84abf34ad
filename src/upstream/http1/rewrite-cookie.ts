/** An upstream's Set-Cookie in terms of this server: its domain, path and flags (nginx: ngx_http_proxy_rewrite_cookie). */

import type { DeclareScope, Scope } from "../../http/module.ts";
import { declareNames, matches } from "../../http/pattern.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { logRequestError } from "../../http/request-log.ts";
import type { CookieFlagsSetting, CookiePattern, CookieSetting } from "./cookie-directives.ts";

export type RewriteCookie = (r: RequestContext, value: string) => string;

export interface CookieSettings {
  readonly domains: readonly CookieSetting[];
  readonly paths: readonly CookieSetting[];
  readonly flags: readonly CookieFlagsSetting[];
}

/** One element of the field: the cookie itself stands first; undefined: nothing but a name. */
interface CookiePart {
  readonly name: string;
  readonly value: string | undefined;
}

/** The value rewritten by the rule; undefined: it does not apply. */
type RewriteValue = (r: RequestContext, value: string) => string | undefined;

/** A named group can be read in any text, as in the replacement behind it. */
export function declareCookieNames({ domains, paths, flags }: CookieSettings, scope: DeclareScope): void {
  for (const setting of [...domains, ...paths, ...flags]) {
    if (setting !== "off" && setting.pattern.kind === "regex") declareNames(setting.pattern.pattern, scope);
  }
}

/** Undefined when nothing is to be rewritten. */
export function compileCookieRules({ domains, paths, flags }: CookieSettings, scope: Scope): RewriteCookie | undefined {
  const rewriteDomain = compileRules(domains, scope, domainRule);
  const rewritePath = compileRules(paths, scope, pathRule);
  const changeFlags = compileFlags(flags, scope);
  if (rewriteDomain === undefined && rewritePath === undefined && changeFlags === undefined) return undefined;
  return (r, value) => {
    const parts = parseCookie(value);
    if (parts[0]?.value === undefined) return value;
    let hasChanged = false;
    const rewritten = parts.map((part, index) => {
      if (index === 0 || part.value === undefined) return part;
      const name = part.name.toLowerCase();
      const changed = name === "domain" ? rewriteDomain?.(r, part.value) : name === "path" ? rewritePath?.(r, part.value) : undefined;
      if (changed === undefined) return part;
      hasChanged = true;
      return { name: part.name, value: changed };
    });
    const flagged = changeFlags?.(r, rewritten);
    return hasChanged || flagged !== undefined ? (flagged ?? rewritten).map(printPart).join("; ") : value;
  };
}

function parseCookie(text: string): readonly CookiePart[] {
  return text.split(";").map((element) => {
    const equals = element.indexOf("=");
    if (equals === -1) return { name: trim(element), value: undefined };
    return { name: trim(element.slice(0, equals)), value: trim(element.slice(equals + 1)) };
  });
}

/** Spaces alone. */
function trim(text: string): string {
  return text.replace(/^ +| +$/g, "");
}

function printPart({ name, value }: CookiePart): string {
  return value === undefined ? name : `${name}=${value}`;
}

/** The first rule that applies decides. `off` undoes all of them. */
function compileRules(
  settings: readonly CookieSetting[],
  scope: Scope,
  textRule: (pattern: string, value: string, replace: () => string) => string | undefined,
): RewriteValue | undefined {
  const rules = settings.includes("off")
    ? []
    : settings.flatMap((setting) => (setting === "off" ? [] : compileRule(setting, scope, textRule)));
  if (rules.length === 0) return undefined;
  return (r, value) => {
    for (const rule of rules) {
      const rewritten = rule(r, value);
      if (rewritten !== undefined) return rewritten;
    }
    return undefined;
  };
}

function compileRule(
  { pattern, replacement }: Exclude<CookieSetting, "off">,
  scope: Scope,
  textRule: (pattern: string, value: string, replace: () => string) => string | undefined,
): RewriteValue {
  const { evaluate } = scope.template(replacement);
  if (pattern.kind === "text") {
    const text = scope.template(pattern.text);
    return (r, value) => textRule(text.evaluate(r), value, () => evaluate(r));
  }
  const isMatch = compileMatch(pattern, scope);
  return (r, value) => withOwnCaptures(r, () => (isMatch(r, value) ? evaluate(r) : undefined));
}

/** A leading dot of the attribute stays. */
function domainRule(domain: string, value: string, replace: () => string): string | undefined {
  const dot = value.startsWith(".") ? "." : "";
  return value.slice(dot.length).toLowerCase() === domain.toLowerCase() ? dot + replace() : undefined;
}

function pathRule(path: string, value: string, replace: () => string): string | undefined {
  return value.startsWith(path) ? replace() + value.slice(path.length) : undefined;
}

/** Undefined for a cookie that no line is about. */
type ChangeFlags = (r: RequestContext, parts: readonly CookiePart[]) => readonly CookiePart[] | undefined;

/** The first line whose cookie it is decides. */
function compileFlags(settings: readonly CookieFlagsSetting[], scope: Scope): ChangeFlags | undefined {
  if (settings.length === 0 || settings.includes("off")) return undefined;
  const lines = settings.flatMap((setting) => {
    if (setting === "off") return [];
    const isMatch = compileMatch(setting.pattern, scope);
    return { isMatch, flags: setting.flags.map((flag) => scope.template(flag)) };
  });
  return (r, parts) => {
    const name = parts[0]?.name ?? "";
    return withOwnCaptures(r, () => {
      const line = lines.find(({ isMatch }) => isMatch(r, name));
      return line?.flags.reduce((flagged, flag) => changeFlag(r, flagged, flag.evaluate(r)), parts);
    });
  };
}

const SAME_SITE: Readonly<Record<string, string>> = { "samesite=strict": "Strict", "samesite=lax": "Lax", "samesite=none": "None" };

function changeFlag(r: RequestContext, parts: readonly CookiePart[], flag: string): readonly CookiePart[] {
  const word = flag.toLowerCase();
  const sameSite = SAME_SITE[word];
  if (sameSite !== undefined) return withAttribute(parts, { name: "SameSite", value: sameSite });
  switch (word) {
    case "secure":
      return withAttribute(parts, { name: "Secure", value: undefined });
    case "httponly":
      return withAttribute(parts, { name: "HttpOnly", value: undefined });
    case "nosecure":
    case "nohttponly":
    case "nosamesite":
      return withoutAttribute(parts, word.slice(2));
    case "":
      return parts;
    default:
      logRequestError(r, "error", `invalid proxy_cookie_flags flag "${flag}"`);
      return parts;
  }
}

function withAttribute(parts: readonly CookiePart[], attribute: CookiePart): readonly CookiePart[] {
  const at = parts.findIndex((part, index) => index > 0 && part.name.toLowerCase() === attribute.name.toLowerCase());
  if (at === -1) return [...parts, attribute];
  const known = parts[at];
  if (attribute.value === undefined || known?.value?.toLowerCase() === attribute.value.toLowerCase()) return parts;
  return parts.map((part, index) => (index === at ? { name: part.name, value: attribute.value } : part));
}

function withoutAttribute(parts: readonly CookiePart[], name: string): readonly CookiePart[] {
  return parts.filter((part, index) => index === 0 || part.name.toLowerCase() !== name);
}

function compileMatch(pattern: CookiePattern, scope: Scope): (r: RequestContext, subject: string) => boolean {
  if (pattern.kind === "text") {
    const text = scope.template(pattern.text);
    return (r, subject) => text.evaluate(r).toLowerCase() === subject.toLowerCase();
  }
  const names = declareNames(pattern.pattern, scope);
  return (r, subject) => matches(r, pattern.pattern, names, subject, false);
}

/** What a cookie's pattern captures is for its own replacement. */
function withOwnCaptures<T>(r: RequestContext, run: () => T): T {
  const before = r.captures;
  const result = run();
  r.captures = before;
  return result;
}
