/** `upstream` blocks and what requests remember of the upstreams they went to (nginx: ngx_http_upstream_module). */

import { defineDirectives, manyLines } from "../config/define-directives.ts";
import { defineModule } from "../http/module.ts";
import { carriedFieldsFilter } from "../upstream/carried-fields.ts";
import { readUpstreamBlock } from "../upstream/upstream-block.ts";
import { UPSTREAM_GROUPS, UpstreamGroup } from "../upstream/upstream-group.ts";
import { upstreamVariables } from "../upstream/variables.ts";

const upstreamDirectives = defineDirectives({
  upstream: manyLines({ in: ["http"], arity: 1, inherits: false, parse: readUpstreamBlock, syntax: "name { ... }" }),
});

export const upstreamModule = defineModule({
  name: "upstream",
  directives: upstreamDirectives,
  variables: upstreamVariables,
  declare: (conf, scope) => {
    for (const { name, servers, keepalive, span } of conf.upstream) {
      const group = new UpstreamGroup(name, servers, keepalive, scope.services, span);
      if (scope.declare(UPSTREAM_GROUPS, name.toLowerCase(), group)) continue;
      scope.report({ level: "emerg", code: "duplicate-upstream", message: `duplicate upstream "${name}"`, span });
    }
  },
  filter: () => carriedFieldsFilter,
});
