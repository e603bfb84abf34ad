/** What holds for the access phase as a whole, whatever modules speak in it (nginx: ngx_http_core_module). */

import { block, defineDirectives, one } from "../../config/define-directives.ts";
import type { Report } from "../../config/report.ts";
import type { Arg } from "../../config/tree.ts";
import { oneOf, time } from "../../config/values.ts";

const LOCATIONS = ["http", "server", "location"] as const;

export const accessDirectives = defineDirectives({
  satisfy: one({ in: LOCATIONS, value: oneOf("all", "any"), default: "all" as const }),
  auth_delay: one({ in: LOCATIONS, value: time(), default: 0 }),
  limit_except: block({
    in: ["location"],
    context: "limit_except",
    arity: [1, Number.POSITIVE_INFINITY],
    once: true,
    pseudo: true,
    parse: readMethods,
    syntax: "method ... { ... }",
  }),
});

/** nginx: ngx_methods_names. */
const METHODS: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "MKCOL",
  "COPY",
  "MOVE",
  "OPTIONS",
  "PROPFIND",
  "PROPPATCH",
  "LOCK",
  "UNLOCK",
  "PATCH",
]);

/** The methods that the block leaves alone. GET stands for HEAD, too. */
function readMethods(args: readonly Arg[], report: Report): ReadonlySet<string> | undefined {
  const methods = new Set<string>();
  for (const arg of args) {
    const method = arg.text.toUpperCase();
    if (!METHODS.has(method)) return report.error(`invalid method "${arg.text}"`, arg.span);
    methods.add(method);
  }
  if (methods.has("GET")) methods.add("HEAD");
  return methods;
}
