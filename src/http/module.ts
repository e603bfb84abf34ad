/**
 * The contract of a module: one file that declares its directives, its variables, its handlers and its filter, and is listed in
 * `modules/index.ts`. Handlers are made from settings at load time: a module is asked once per location what it does there and answers with a
 * closure, or with nothing.
 */

import type { Block } from "../config/bind.ts";
import type { Diagnostic } from "../config/diagnostic.ts";
import type { DirectiveTable, SettingsOf } from "../config/directive.ts";
import type { Span } from "../config/source.ts";
import type { TemplateText } from "../config/template-text.ts";
import type { ErrorLogs } from "../log/create-error-logs.ts";
import type { LogFiles } from "../log/log-file.ts";
import type { ConnectionBudget } from "../net/connection-budget.ts";
import type { Deadlines } from "../net/deadlines.ts";
import { perSettings } from "./per-settings.ts";
import type { Filter, Handler, LogHandler } from "./phase.ts";
import type { Template } from "./template.ts";
import type { VariableRegistry, VariableTable } from "./variables.ts";

/** Phases a module can have handlers in; `log` has its own kind of handler. */
export type HandlerPhase = "post_read" | "server_rewrite" | "rewrite" | "preaccess" | "access" | "precontent" | "content";

export interface Module<D extends DirectiveTable> {
  /** nginx's name of it without the prefix and suffix: "limit_req", "proxy". */
  readonly name: string;
  readonly directives: D;
  /**
   * Where its answers depend on nothing but settings: the tables it reads besides its own. It is then asked once for all locations in which these
   * say the same (see per-settings.ts).
   */
  readonly reads?: readonly DirectiveTable[];
  readonly variables?: VariableTable;
  /** Runs for every block that has settings, before anything is compiled: declares variables, upstream groups, log formats, zones. */
  readonly declare?: (conf: SettingsOf<D>, scope: DeclareScope) => void;
  /** Runs for the http block once all names are declared, before any handler is made: compiles what refers to other names. */
  readonly link?: (conf: SettingsOf<D>, scope: Scope) => void;
  /** Asked once per location (`post_read`, `server_rewrite`: once per server); undefined: nothing to do there. */
  readonly phases?: { readonly [P in HandlerPhase]?: (conf: SettingsOf<D>, scope: Scope) => Handler | undefined };
  /** A content handler that takes the location over, as proxy_pass does: the content phase's other handlers are not asked. */
  readonly pass?: (conf: SettingsOf<D>, scope: Scope) => Handler | undefined;
  readonly filter?: (conf: SettingsOf<D>, scope: Scope) => Filter | undefined;
  readonly log?: (conf: SettingsOf<D>, scope: Scope) => LogHandler | undefined;
}

/** Types the parts of a module by its own table, so that a misspelt setting does not compile. */
export function defineModule<const D extends DirectiveTable>(module: Module<D>): AnyModule {
  // The cast holds because each module is only ever called with settings bound by its own table.
  const any = module as unknown as AnyModule;
  return any.reads === undefined ? any : { ...any, ...sharedAnswers(any, [any.directives, ...any.reads]) };
}

type Asked<T> = (conf: SettingsOf<DirectiveTable>, scope: Scope) => T;

function sharedAnswers(module: AnyModule, tables: readonly DirectiveTable[]): Partial<AnyModule> {
  const share = <T>(ask: Asked<T>): Asked<T> => {
    const answer = perSettings(tables, (scope) => ask(scope.settings(module.directives), scope));
    return (_conf, scope) => answer(scope);
  };
  const phases = Object.entries(module.phases ?? {}).map(([phase, ask]) => [phase, share(ask)] as const);
  return {
    phases: Object.fromEntries(phases),
    ...(module.pass === undefined ? {} : { pass: share(module.pass) }),
    ...(module.filter === undefined ? {} : { filter: share(module.filter) }),
    ...(module.log === undefined ? {} : { log: share(module.log) }),
  };
}

/** A module whose table's type has been forgotten: what `boot/` works with. */
export type AnyModule = Module<DirectiveTable>;

/** Names a kind of thing that configurations declare by name and others look up: upstream groups, log formats, zones. */
export interface Declaration<T> {
  /** As in "upstream", "log format": used in messages. */
  readonly kind: string;
  /** Never read: carries the type. */
  readonly declared?: T;
}

/** What code may ask for while the configuration's names are being declared. */
export interface DeclareScope {
  readonly block: Block;
  readonly variables: VariableRegistry;
  readonly services: Services;
  readonly paths: ConfigPaths;
  report(diagnostic: Diagnostic): void;
  /** Makes a thing known under its name for the whole snapshot. False when the name is taken. */
  declare<T>(declaration: Declaration<T>, name: string, value: T): boolean;
  /** The settings of another table at this block: of `http/core` and `upstream`, whose tables all modules may read. */
  settings<D extends DirectiveTable>(directives: D): SettingsOf<D>;
  /** Where a setting in force here was written; undefined for a default. */
  originOf(setting: string): Span | undefined;
}

/** What code may ask for while a location's (or server's) handlers are made. */
export interface Scope extends DeclareScope {
  /** Compiles text with variables; an unknown variable is reported and evaluates to "". */
  template(text: TemplateText): Template;
  find<T>(declaration: Declaration<T>, name: string): T | undefined;
  /** Everything declared of a kind. */
  all<T>(declaration: Declaration<T>): ReadonlyMap<string, T>;
  /** A nested `if` block or similar, compiled with its own scope by the module that owns its directive: see modules/rewrite.ts. */
  readonly compilePseudoLocation: (block: Block) => import("./compiled.ts").CompiledLocation;
  /** The location as `explain` and messages name it. */
  readonly label: string;
}

/** nginx's path rules. */
export interface ConfigPaths {
  /** Directory that includes, certificates and password files are relative to; ends in "/". */
  readonly confPrefix: string;
  /** Directory that roots, logs and temporary paths are relative to; ends in "/". */
  readonly prefix: string;
  /** The error log where no `error_log` is in force: absolute, or "stderr" (-e). */
  readonly errorLog: string;
}

/** What outlives a snapshot and is handed in: owned by `process/`. */
export interface Services {
  readonly deadlines: Deadlines;
  /** worker_connections, of which upstream connections take their share. */
  readonly connections: ConnectionBudget;
  readonly logFiles: LogFiles;
  /** Opens the logs that `error_log` names. */
  readonly errorLogs: ErrorLogs;
  /** A value kept across snapshots under a key: peers' health, connection pools, zones. Made by `create` the first time. */
  shared<T>(key: string, create: () => T): T;
  /** Runs when the process ends or, for values of one snapshot, when that snapshot has drained. */
  onExit(release: () => void): void;
}
