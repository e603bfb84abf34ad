/** Asks every module what it does in a block, and keeps the answers in order: a location as requests see it. */

import { type Block, childrenOf, headOf } from "../config/bind.ts";
import type { CompiledLocation, LimitExcept, NamedCapture } from "../http/compiled.ts";
import { accessDirectives } from "../http/core/access-directives.ts";
import { CORE_SETTINGS_TABLES, compileLocationSettings } from "../http/core/core-settings.ts";
import { errorLogDirectives } from "../http/core/error-log.ts";
import type { AnyModule, HandlerPhase, Scope } from "../http/module.ts";
import { perSettings } from "../http/per-settings.ts";
import type { Filter, Handler, LogHandler } from "../http/phase.ts";
import { MODULES } from "../modules/index.ts";
import { isExplainable } from "../upstream/explain.ts";
import { compileAccess } from "./compile-access.ts";
import { openErrorLog } from "./open-error-log.ts";
import { type Compilation, createScope } from "./scope.ts";

// Who has a say in what: of twenty thousand locations each would else ask every module for each phase, a tenth of the time that loading takes.
const PASSING = MODULES.filter(({ pass }) => pass !== undefined);
const FILTERING = MODULES.filter(({ filter }) => filter !== undefined);
const LOGGING = MODULES.filter(({ log }) => log !== undefined);
const modulesIn = (phase: HandlerPhase): readonly AnyModule[] => MODULES.filter(({ phases }) => phases?.[phase] !== undefined);
const IN_PHASE: Readonly<Record<HandlerPhase, readonly AnyModule[]>> = {
  post_read: modulesIn("post_read"),
  server_rewrite: modulesIn("server_rewrite"),
  rewrite: modulesIn("rewrite"),
  preaccess: modulesIn("preaccess"),
  access: modulesIn("access"),
  precontent: modulesIn("precontent"),
  content: modulesIn("content"),
};

const settingsIn = perSettings([...CORE_SETTINGS_TABLES, errorLogDirectives], (scope) =>
  compileLocationSettings(scope, openErrorLog(scope)),
);

/** What is known of a location besides its block. */
export interface LocationIdentity {
  readonly label: string;
  readonly modifier: string;
  readonly name: string;
  readonly namedCaptures: readonly NamedCapture[];
}

export interface LocationWithPass {
  readonly location: CompiledLocation;
  /** Requests go to another server (proxy_pass, uwsgi_pass): the name without its slash is redirected to it (nginx: auto_redirect). */
  readonly isForwarded: boolean;
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
  const location: CompiledLocation = {
    label: identity.label,
    modifier: identity.modifier,
    name: identity.name,
    namedCaptures: identity.namedCaptures,
    block,
    span: block.span,
    limitExcept: compileLimitExcept(block, scope),
    handlers: handlers.map((entry) => entry.handler),
    handlerNames: handlers.map((entry) => entry.name),
    contentAt: earlier.length,
    filters: answersOf(FILTERING, (module): Filter | undefined => module.filter?.(block.settings as never, scope)),
    logHandlers: answersOf(LOGGING, (module): LogHandler | undefined => module.log?.(block.settings as never, scope)),
    settings: settingsIn(scope),
  };
  return { location, isForwarded: pass !== undefined && isExplainable(pass.handler) };
}

/** nginx: the block's settings are its location's own, of which no inner location or `if` inherits it. */
function compileLimitExcept(block: Block, scope: Scope): LimitExcept | undefined {
  const [inner] = childrenOf(block, "limit_except");
  if (inner === undefined) return undefined;
  const methods = headOf(inner, accessDirectives.limit_except);
  return methods === undefined ? undefined : { methods, location: scope.compilePseudoLocation(inner) };
}

export function compilePhase(block: Block, phase: HandlerPhase, scope: Scope): readonly NamedHandler[] {
  return answersOf(IN_PHASE[phase], (module): NamedHandler | undefined => {
    // Settings are typed by each module's own table, which the list of modules has forgotten.
    const handler = module.phases?.[phase]?.(block.settings as never, scope);
    return handler === undefined ? undefined : { name: module.name, handler };
  });
}

function compilePass(block: Block, scope: Scope): NamedHandler | undefined {
  for (const module of PASSING) {
    const handler = module.pass?.(block.settings as never, scope);
    if (handler !== undefined) return { name: module.name, handler };
  }
  return undefined;
}

const NO_ANSWERS: readonly never[] = [];

/** What modules answer, in their order. A list of its own length, since as many are kept as there are locations. */
function answersOf<T>(modules: readonly AnyModule[], ask: (module: AnyModule) => T | undefined): readonly T[] {
  const answers: T[] = [];
  for (const module of modules) {
    const answer = ask(module);
    if (answer !== undefined) answers.push(answer);
  }
  return answers.length === 0 ? NO_ANSWERS : answers.slice();
}
