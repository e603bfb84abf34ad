/** Asks every module what it does in a block, and keeps the answers in order: a location as requests see it. */

import { type Block, childrenOf, headOf } from "../config/bind.ts";
import type { CompiledLocation, LimitExcept, NamedCapture } from "../http/compiled.ts";
import { accessDirectives } from "../http/core/access-directives.ts";
import { compileLocationSettings } from "../http/core/core-settings.ts";
import type { HandlerPhase, Scope } from "../http/module.ts";
import type { Filter, Handler, LogHandler } from "../http/phase.ts";
import { MODULES } from "../modules/index.ts";
import { compileAccess } from "./compile-access.ts";
import { openErrorLog } from "./open-error-log.ts";
import { type Compilation, createScope } from "./scope.ts";

/** What is known of a location besides its block. */
export interface LocationIdentity {
  readonly label: string;
  readonly modifier: string;
  readonly name: string;
  readonly namedCaptures: readonly NamedCapture[];
}

export interface LocationWithPass {
  readonly location: CompiledLocation;
  /** A module took the location over (proxy_pass, uwsgi_pass). */
  readonly isPassed: boolean;
}

export interface NamedHandler {
  readonly name: string;
  readonly handler: Handler;
}

/** `phases`: those asked, in order. A pseudo-location and a server's own level leave `rewrite` out. */
export function compileLocation(
  compilation: Compilation,
  block: Block,
  identity: LocationIdentity,
  phases: readonly HandlerPhase[],
): LocationWithPass {
  const scope = createScope(compilation, block, identity.label);
  const pass = compilePass(block, scope);
  const earlier = phases.flatMap((phase) => {
    if (phase === "content") return [];
    const asked = compilePhase(block, phase, scope);
    return phase === "access" ? compileAccess(asked, scope) : asked;
  });
  const handlers = [...earlier, ...(pass === undefined ? compilePhase(block, "content", scope) : [pass])];
  const settings = compileLocationSettings(scope, openErrorLog(scope));
  const location: CompiledLocation = {
    ...identity,
    block,
    span: block.span,
    limitExcept: compileLimitExcept(block, scope),
    handlers: handlers.map((entry) => entry.handler),
    handlerNames: handlers.map((entry) => entry.name),
    contentAt: earlier.length,
    filters: MODULES.map((module): Filter | undefined => module.filter?.(block.settings as never, scope)).filter(
      (filter) => filter !== undefined,
    ),
    logHandlers: MODULES.map((module): LogHandler | undefined => module.log?.(block.settings as never, scope)).filter(
      (handler) => handler !== undefined,
    ),
    settings,
  };
  return { location, isPassed: pass !== undefined };
}

/** nginx: the block's settings are its location's own, of which no inner location or `if` inherits it. */
function compileLimitExcept(block: Block, scope: Scope): LimitExcept | undefined {
  const [inner] = childrenOf(block, "limit_except");
  if (inner === undefined) return undefined;
  const methods = headOf(inner, accessDirectives.limit_except);
  return methods === undefined ? undefined : { methods, location: scope.compilePseudoLocation(inner) };
}

export function compilePhase(block: Block, phase: HandlerPhase, scope: Scope): readonly NamedHandler[] {
  const handlers: NamedHandler[] = [];
  for (const module of MODULES) {
    // Settings are typed by each module's own table, which the list of modules has forgotten.
    const handler = module.phases?.[phase]?.(block.settings as never, scope);
    if (handler !== undefined) handlers.push({ name: module.name, handler });
  }
  return handlers;
}

function compilePass(block: Block, scope: Scope): NamedHandler | undefined {
  for (const module of MODULES) {
    const handler = module.pass?.(block.settings as never, scope);
    if (handler !== undefined) return { name: module.name, handler };
  }
  return undefined;
}
