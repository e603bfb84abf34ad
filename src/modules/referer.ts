/** `valid_referers`: whether the page that a request was made from is one of ours (nginx: ngx_http_referer_module). */

import { defineDirectives, many } from "../config/define-directives.ts";
import { defineLocationValue } from "../http/location-value.ts";
import { defineModule } from "../http/module.ts";
import { compileReferers, type RefererTest } from "./referer/compile-referers.ts";
import { readReferers } from "./referer/read-referers.ts";

export const refererDirectives = defineDirectives({
  valid_referers: many({
    in: ["server", "location"],
    parse: readReferers,
    arity: [1, Infinity],
    syntax: "none | blocked | server_names | string ...",
    inherits: false,
  }),
});

const referers = defineLocationValue<RefererTest>();

export const refererModule = defineModule({
  name: "referer",
  directives: refererDirectives,
  variables: {
    invalid_referer: (r) => (referers.get(r)?.(r.head.field("referer")) === "invalid" ? "1" : ""),
  },
  declare(conf, scope) {
    if (conf.valid_referers.length > 0) referers.keep(scope, compileReferers(conf.valid_referers.flat(), scope));
  },
});
