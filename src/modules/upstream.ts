/** `upstream` blocks and what requests remember of the upstreams they went to (nginx: ngx_http_upstream_module). */

import { defineDirectives, manyLines } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import { defineModule, type Scope } from "../http/module.ts";
import { carriedFieldsFilter } from "../upstream/carried-fields.ts";
import { resolverDirectives } from "../upstream/resolver/resolver-directives.ts";
import { sharedResolver } from "../upstream/resolver/shared-resolver.ts";
import { readUpstreamBlock, type UpstreamBlock } from "../upstream/upstream-block.ts";
import { UPSTREAM_GROUPS, UpstreamGroup } from "../upstream/upstream-group.ts";
import { sizedZone, zonesWithoutSize } from "../upstream/upstream-zone.ts";
import { upstreamVariables } from "../upstream/variables.ts";

const upstreamDirectives = defineDirectives({
  ...resolverDirectives,
  upstream: manyLines({ in: ["http"], arity: 1, inherits: false, parse: readUpstreamBlock, syntax: "name { ... }" }),
});

export const upstreamModule = defineModule({
  name: "upstream",
  directives: upstreamDirectives,
  variables: upstreamVariables,
  declare: (conf, scope) => {
    const zones = conf.upstream.flatMap(({ zone }) => zone ?? []);
    for (const { name, servers, keepalive, span, zone } of conf.upstream) {
      const group = new UpstreamGroup(name, servers, keepalive, scope.services, span);
      if (zone !== undefined) group.shareIn(sizedZone(zone, zones));
      if (scope.declare(UPSTREAM_GROUPS, name.toLowerCase(), group)) continue;
      scope.report({ level: "emerg", code: "duplicate-upstream", message: `duplicate upstream "${name}"`, span });
    }
    for (const { name, span } of zonesWithoutSize(zones)) {
      scope.report({ level: "emerg", code: "zone-without-size", message: `zero size shared memory zone "${name}"`, span });
    }
  },
  link: (conf, scope) => {
    for (const block of conf.upstream) {
      const group = scope.find(UPSTREAM_GROUPS, block.name.toLowerCase());
      if (block.method !== undefined) group?.balanceBy(block.method.link((text) => scope.template(text)));
      if (block.servers.some((server) => server.isResolved === true)) linkResolver(block, group, conf, scope);
    }
  },
  filter: () => carriedFieldsFilter,
});

/** `server … resolve`. */
function linkResolver(
  { name, span, zone, resolver, resolverTimeoutMs }: UpstreamBlock,
  group: UpstreamGroup | undefined,
  conf: SettingsOf<typeof resolverDirectives>,
  scope: Scope,
): void {
  const find = sharedResolver(resolver ?? conf.resolver, resolverTimeoutMs ?? conf.resolver_timeout, scope.services);
  if (zone === undefined) {
    const message = `resolving names at run time requires upstream "${name}" to be in shared memory`;
    scope.report({ level: "emerg", code: "resolve-without-zone", message, span });
  } else if (find === undefined) {
    const message = `no resolver defined to resolve names at run time in upstream "${name}"`;
    scope.report({ level: "emerg", code: "resolve-without-resolver", message, span });
  } else {
    group?.resolveBy(find);
  }
}
