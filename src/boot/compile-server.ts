/** A `server` block with its locations, as requests see it. */

import { type Block, childrenOf } from "../config/bind.ts";
import type { Diagnostic } from "../config/diagnostic.ts";
import type { CompiledLocation, CompiledServer } from "../http/compiled.ts";
import { compileServerTls } from "../http/connection/tls/compile-server-tls.ts";
import { compileConnectionSettings, connectionDirectives } from "../http/core/connection-directives.ts";
import { compileHttp2Settings, http2Directives } from "../http/core/http2-directives.ts";
import type { HandlerPhase } from "../http/module.ts";
import type { Handler } from "../http/phase.ts";
import { checkLocations, type LocationMistake } from "../http/routing/check-locations.ts";
import { buildLocationTree, type LocationEntry } from "../http/routing/location-tree.ts";
import { compileLocation, compilePhase } from "./compile-location.ts";
import type { LocationDraft } from "./location-draft.ts";
import { type Compilation, createScope } from "./scope.ts";
import type { ServerDraft } from "./server-draft.ts";

const LOCATION_PHASES: readonly HandlerPhase[] = ["rewrite", "preaccess", "access", "precontent", "content"];
/** nginx: a server's own level has run its rewrite directives before a location was looked for; an `if` runs in its location's. */
const PHASES_WITHOUT_REWRITE: readonly HandlerPhase[] = ["preaccess", "access", "precontent", "content"];

export function compileServer(compilation: Compilation, draft: ServerDraft, locations: ReadonlyMap<Block, LocationDraft>): CompiledServer {
  const { block } = draft;
  const scope = createScope(compilation, block, "");
  const root = compileLocation(
    compilation,
    block,
    { label: "", modifier: "", name: "", namedCaptures: [] },
    PHASES_WITHOUT_REWRITE,
  ).location;
  const entries = compileEntries(compilation, block, locations);
  compilation.diagnostics.push(...checkLocations(entries).map(asDiagnostic));
  const handlersOf = (phase: HandlerPhase): readonly Handler[] => compilePhase(block, phase, scope).map((entry) => entry.handler);
  const serverRewrite = handlersOf("server_rewrite");
  return {
    name: draft.names[0]?.text.replace(/^\./, "") ?? "",
    span: block.span,
    namedCaptures: draft.namedCaptures,
    openingHandlers: [...handlersOf("post_read"), ...serverRewrite],
    serverRewrite,
    locations: buildLocationTree(entries),
    rootLocation: root,
    tls: compileServerTls(scope, root.settings.errorLog),
    connection: compileConnectionSettings(
      scope.settings(connectionDirectives),
      compileHttp2Settings(scope.settings(http2Directives)),
      root.settings.errorLog,
    ),
  };
}

/** An `if` or `limit_except` in a location: the handlers it would have as one. */
export function compilePseudoLocation(compilation: Compilation, block: Block): CompiledLocation {
  let named: Block | undefined = block;
  while (named !== undefined && named.context !== "location") named = named.parent;
  const name = named?.args[named.args.length - 1]?.text ?? "";
  const label = `${block.name} ${block.args.map((arg) => arg.text).join(" ")}`;
  return compileLocation(compilation, block, { label, modifier: "", name, namedCaptures: [] }, PHASES_WITHOUT_REWRITE).location;
}

/** Of all locations that have none inside. */
const NO_ENTRIES: readonly never[] = [];

function compileEntries(
  compilation: Compilation,
  parent: Block,
  locations: ReadonlyMap<Block, LocationDraft>,
): readonly LocationEntry<CompiledLocation>[] {
  const blocks = childrenOf(parent, "location");
  if (blocks.length === 0) return NO_ENTRIES;
  return blocks.flatMap((block): readonly LocationEntry<CompiledLocation>[] => {
    const draft = locations.get(block);
    if (draft === undefined) return [];
    const { modifier, name, label, namedCaptures, regex } = draft;
    const { location, isForwarded } = compileLocation(compilation, block, { label, modifier, name, namedCaptures }, LOCATION_PHASES);
    return [
      {
        modifier,
        name,
        ...(regex === undefined ? {} : { regex }),
        autoRedirect: isForwarded && name.endsWith("/"),
        payload: location,
        nested: compileEntries(compilation, block, locations),
      },
    ];
  });
}

function asDiagnostic({ message, entry }: LocationMistake<CompiledLocation>): Diagnostic {
  const { span } = entry.payload;
  return { level: "emerg", code: "invalid-location", message, ...(span === undefined ? {} : { span }) };
}
