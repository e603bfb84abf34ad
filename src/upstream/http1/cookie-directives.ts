/** `proxy_cookie_domain`, `proxy_cookie_path` and `proxy_cookie_flags` as written (nginx: ngx_http_proxy_cookie_domain and its like). */

import { defineDirectives, many } from "../../config/define-directives.ts";
import type { Report } from "../../config/report.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import { type Arg, argFrom } from "../../config/tree.ts";
import { readPattern, type TranslatedPattern } from "../../http/pattern.ts";

const LOCATIONS = ["http", "server", "location"] as const;

/** What a value, or a cookie's name, is held against. */
export type CookiePattern =
  | { readonly kind: "text"; readonly text: TemplateText }
  | { readonly kind: "regex"; readonly pattern: TranslatedPattern };

export type CookieSetting = "off" | { readonly pattern: CookiePattern; readonly replacement: TemplateText };

export type CookieFlagsSetting = "off" | { readonly pattern: CookiePattern; readonly flags: readonly TemplateText[] };

export const cookieDirectives = defineDirectives({
  proxy_cookie_domain: many({ in: LOCATIONS, parse: readDomain, arity: [1, 2], syntax: "off | domain replacement" }),
  proxy_cookie_path: many({ in: LOCATIONS, parse: readPath, arity: [1, 2], syntax: "off | path replacement" }),
  proxy_cookie_flags: many({ in: LOCATIONS, parse: readFlags, arity: [1, Number.POSITIVE_INFINITY], syntax: "off | cookie [flag ...]" }),
});

/** nginx: a dot at the beginning counts neither in the domain nor in its replacement. */
function readDomain(args: readonly Arg[], report: Report): CookieSetting | undefined {
  const [domain, replacement] = args;
  if (domain === undefined || replacement === undefined) return readOff(args, report);
  return settingOf(readCaselessPattern(withoutDot(domain), report), parseTemplateText(withoutDot(replacement), report));
}

function readPath(args: readonly Arg[], report: Report): CookieSetting | undefined {
  const [path, replacement] = args;
  if (path === undefined || replacement === undefined) return readOff(args, report);
  return settingOf(readPathPattern(path, report), parseTemplateText(replacement, report));
}

function readFlags(args: readonly Arg[], report: Report): CookieFlagsSetting | undefined {
  const [cookie, ...words] = args;
  if (cookie === undefined || words.length === 0) return readOff(args, report);
  const pattern = readCaselessPattern(cookie, report);
  const flags = words.map((word) => parseTemplateText(word, report));
  return pattern === undefined || !flags.every((flag) => flag !== undefined) ? undefined : { pattern, flags };
}

function readOff([word]: readonly Arg[], report: Report): "off" | undefined {
  return word?.text === "off" ? "off" : report.error(`invalid parameter "${word?.text ?? ""}"`, word?.span);
}

/** Domains and cookies' names have no letter case. */
function readCaselessPattern(arg: Arg, report: Report): CookiePattern | undefined {
  return arg.text.startsWith("~") ? readRegex(arg, 1, true, report) : readText(arg, report);
}

/** `~` heeds letter case, `~*` does not. */
function readPathPattern(arg: Arg, report: Report): CookiePattern | undefined {
  if (!arg.text.startsWith("~")) return readText(arg, report);
  return arg.text.startsWith("~*") ? readRegex(arg, 2, true, report) : readRegex(arg, 1, false, report);
}

function readText(arg: Arg, report: Report): CookiePattern | undefined {
  const text = parseTemplateText(arg, report);
  return text === undefined ? undefined : { kind: "text", text };
}

function readRegex(arg: Arg, from: number, isCaseless: boolean, report: Report): CookiePattern | undefined {
  const pattern = readPattern(argFrom(arg, from), isCaseless, report);
  return pattern === undefined ? undefined : { kind: "regex", pattern };
}

function withoutDot(arg: Arg): Arg {
  return arg.text.startsWith(".") ? argFrom(arg, 1) : arg;
}

function settingOf(pattern: CookiePattern | undefined, replacement: TemplateText | undefined): CookieSetting | undefined {
  return pattern === undefined || replacement === undefined ? undefined : { pattern, replacement };
}
