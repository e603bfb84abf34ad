/** From a bound configuration to a snapshot: names are declared first, then every server is compiled, then they are grouped by address. */

import { type Block, childrenOf } from "../config/bind.ts";
import type { Diagnostic } from "../config/diagnostic.ts";
import { SESSION_CACHES } from "../http/connection/tls/session-cache.ts";
import { coreVariables } from "../http/core/core-variables.ts";
import type { ConfigPaths, Services } from "../http/module.ts";
import { ZONES } from "../http/shared-zones.ts";
import { VariableRegistry } from "../http/variables.ts";
import { MODULES } from "../modules/index.ts";
import { ADDRESS_GROUPS, UPSTREAM_GROUPS } from "../upstream/upstream-group.ts";
import { compilePseudoLocation, compileServer } from "./compile-server.ts";
import { Declarations } from "./declarations.ts";
import { groupListens } from "./group-listens.ts";
import { draftLocation, type LocationDraft } from "./location-draft.ts";
import { mainSettings } from "./main-directives.ts";
import { type Compilation, createScope } from "./scope.ts";
import { draftServer } from "./server-draft.ts";
import type { Snapshot } from "./snapshot.ts";

const DECLARING = MODULES.filter(({ declare }) => declare !== undefined);

/** Mistakes are added to `diagnostics`; the snapshot is only good when there are none. */
export function compileSnapshot(root: Block, services: Services, paths: ConfigPaths, diagnostics: Diagnostic[]): Snapshot {
  const compilation = beginCompilation(services, paths, diagnostics);
  const { variables } = compilation;
  const http = childrenOf(root, "http");
  const locations = new Map<Block, LocationDraft>();
  for (const block of http) declareNames(block, compilation, locations);
  for (const block of http) linkNames(block, compilation);
  const drafts = http.flatMap((block) => childrenOf(block, "server")).map((block) => draftServer(block, variables, diagnostics));
  const servers = drafts.map((draft) => ({ draft, server: compileServer(compilation, draft, locations) }));
  return {
    main: mainSettings(root),
    sockets: groupListens(servers, diagnostics),
    servers: servers.map((entry) => entry.server),
    zones: [...compilation.declarations.all(ZONES).values()].map((zone) => zone.identity),
    sessionCaches: [...compilation.declarations.all(SESSION_CACHES).keys()],
    upstreams: [UPSTREAM_GROUPS, ADDRESS_GROUPS].flatMap((kind) => [...compilation.declarations.all(kind).values()]),
  };
}

/** What handlers may keep with their scopes: a function of its own, so that its closure holds nothing else of the compilation. */
function beginCompilation(services: Services, paths: ConfigPaths, diagnostics: Diagnostic[]): Compilation {
  const variables = new VariableRegistry();
  variables.add(coreVariables);
  for (const module of MODULES) if (module.variables !== undefined) variables.add(module.variables);
  const compilation: Compilation = {
    variables,
    declarations: new Declarations(),
    services,
    paths,
    diagnostics,
    compilePseudoLocation: (block) => compilePseudoLocation(compilation, block),
  };
  return compilation;
}

/** Lets every module compile what it declared. */
function linkNames(block: Block, compilation: Compilation): void {
  const scope = createScope(compilation, block, "");
  // As below: settings are typed by each module's own table.
  for (const module of MODULES) module.link?.(block.settings as never, scope);
}

/** Lets every module declare what others refer to by name, and compiles location names, whose captures are variables. */
function declareNames(block: Block, compilation: Compilation, locations: Map<Block, LocationDraft>): void {
  const scope = createScope(compilation, block, "");
  // Settings are typed by each module's own table, which the list of modules has forgotten.
  for (const module of DECLARING) module.declare?.(block.settings as never, scope);
  if (block.name === "location") {
    const draft = draftLocation(block, compilation.variables, compilation.diagnostics);
    if (draft !== undefined) locations.set(block, draft);
  }
  for (const child of block.children) declareNames(child, compilation, locations);
}
