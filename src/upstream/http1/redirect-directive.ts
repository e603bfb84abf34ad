/** `proxy_redirect` as written, and what it means beside a proxy_pass (nginx: ngx_http_proxy_redirect, ngx_http_proxy_merge_loc_conf). */

import type { Report } from "../../config/report.ts";
import type { Span } from "../../config/source.ts";
import { constantTemplate, parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import { type Arg, argFrom } from "../../config/tree.ts";
import type { DeclareScope, Scope } from "../../http/module.ts";
import { declareNames, readPattern, type TranslatedPattern } from "../../http/pattern.ts";
import { uriPartOf } from "./pass-place.ts";
import type { RedirectRule } from "./rewrite-redirect.ts";

export type RedirectSetting =
  | { readonly kind: "default" | "off"; readonly span: Span }
  | { readonly kind: "prefix"; readonly prefix: TemplateText; readonly replacement: TemplateText }
  | { readonly kind: "regex"; readonly pattern: TranslatedPattern; readonly replacement: TemplateText };

export function readRedirect(args: readonly Arg[], report: Report): RedirectSetting | undefined {
  const [first, second] = args;
  if (first === undefined) return undefined;
  if (second === undefined) {
    if (first.text === "off" || first.text === "default" || first.text === "false")
      return { kind: first.text === "default" ? "default" : "off", span: report.span };
    return report.error(`invalid parameter "${first.text}"`, first.span);
  }
  const replacement = parseTemplateText(second, report);
  if (replacement === undefined) return undefined;
  if (first.text.startsWith("~")) return readRegex(first, replacement, report);
  const prefix = parseTemplateText(first, report);
  return prefix === undefined ? undefined : { kind: "prefix", prefix, replacement };
}

function readRegex(arg: Arg, replacement: TemplateText, report: Report): RedirectSetting | undefined {
  const isCaseless = arg.text.startsWith("~*");
  const pattern = readPattern(argFrom(arg, isCaseless ? 2 : 1), isCaseless, report);
  return pattern === undefined ? undefined : { kind: "regex", pattern, replacement };
}

/** A named group can be read in any text, as in the replacement behind it. */
export function declareRedirectNames(settings: readonly RedirectSetting[], scope: DeclareScope): void {
  for (const setting of settings) if (setting.kind === "regex") declareNames(setting.pattern, scope);
}

/** The rules in force at a location with this proxy_pass; `place` is the location's prefix. */
export function compileRedirects(
  settings: readonly RedirectSetting[],
  address: TemplateText,
  place: string,
  scope: Scope,
): readonly RedirectRule[] {
  if (settings.some((setting) => setting.kind === "off")) return [];
  const isLiteral = address.parts.every((part) => typeof part === "string");
  if (settings.length === 0) return isLiteral ? [defaultRule(address.text, place, scope)] : [];
  return settings.flatMap((setting) => ruleFor(setting, isLiteral ? defaultRule(address.text, place, scope) : undefined, scope) ?? []);
}

/** Undefined for `off`, and for a `default` that cannot be. */
function ruleFor(setting: RedirectSetting, byDefault: RedirectRule | undefined, scope: Scope): RedirectRule | undefined {
  switch (setting.kind) {
    case "default":
      if (byDefault === undefined) {
        const message = '"proxy_redirect default" cannot be used with "proxy_pass" directive with variables';
        scope.report({ level: "emerg", code: "redirect-default", message, span: setting.span });
      }
      return byDefault;
    case "prefix":
      return { kind: "prefix", prefix: scope.template(setting.prefix), replacement: scope.template(setting.replacement) };
    case "regex":
      return {
        kind: "regex",
        pattern: setting.pattern,
        names: declareNames(setting.pattern, scope),
        replacement: scope.template(setting.replacement),
      };
    case "off":
      return undefined;
  }
}

/** With a URI part, the address becomes the location's prefix; without one, the upstream's root becomes ours. */
function defaultRule(address: string, place: string, scope: Scope): RedirectRule {
  const hasUri = uriPartOf(address) !== "";
  const prefix = scope.template(constantTemplate(hasUri ? address : `${address}/`));
  return { kind: "prefix", prefix, replacement: scope.template(constantTemplate(hasUri ? place : "/")) };
}
