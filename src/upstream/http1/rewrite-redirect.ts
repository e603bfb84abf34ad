/** `proxy_redirect`: an upstream's Location and Refresh in terms of this server (nginx: ngx_http_proxy_rewrite_redirect). */

import type { NamedCapture } from "../../http/compiled.ts";
import { matches, type TranslatedPattern } from "../../http/pattern.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { Template } from "../../http/template.ts";

export type RedirectRule =
  /** The value, or the URL in it, begins with the text: the beginning is replaced. */
  | { readonly kind: "prefix"; readonly prefix: Template; readonly replacement: Template }
  /** It matches: all of it is replaced, `$1` being what the expression captured. */
  | {
      readonly kind: "regex";
      readonly pattern: TranslatedPattern;
      readonly names: readonly NamedCapture[];
      readonly replacement: Template;
    };

export type RewriteRedirect = (r: RequestContext, value: string, from: number) => string | undefined;

/** The first rule that applies rewrites what stands behind `from`; undefined when none does. */
export function compileRedirectRules(rules: readonly RedirectRule[]): RewriteRedirect | undefined {
  if (rules.length === 0) return undefined;
  return (r, value, from) => {
    const url = value.slice(from);
    for (const rule of rules) {
      const rewritten = applyRule(r, rule, url);
      if (rewritten !== undefined) return value.slice(0, from) + rewritten;
    }
    return undefined;
  };
}

function applyRule(r: RequestContext, rule: RedirectRule, url: string): string | undefined {
  if (rule.kind === "prefix") {
    const prefix = rule.prefix.evaluate(r);
    return url.startsWith(prefix) ? rule.replacement.evaluate(r) + url.slice(prefix.length) : undefined;
  }
  const before = r.captures;
  const rewritten = matches(r, rule.pattern, rule.names, url, false) ? rule.replacement.evaluate(r) : undefined;
  r.captures = before;
  return rewritten;
}
