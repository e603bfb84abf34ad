/** `early_hints`: whose clients get an upstream's 103 (nginx: ngx_http_test_predicates). */

import type { SettingsOf } from "../../config/directive.ts";
import type { Scope } from "../module.ts";
import type { RequestContext } from "../request-context.ts";
import type { clientDirectives } from "./client-directives.ts";

/** One text that is neither empty nor "0" is enough. */
export function compileEarlyHints(conf: SettingsOf<typeof clientDirectives>, scope: Scope): ((r: RequestContext) => boolean) | undefined {
  if (conf.early_hints.length === 0) return undefined;
  const conditions = conf.early_hints.flat().map((text) => scope.template(text).evaluate);
  return (r) =>
    conditions.some((evaluate) => {
      const value = evaluate(r);
      return value !== "" && value !== "0";
    });
}
