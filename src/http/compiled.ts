/** What a configuration becomes for requests: immutable, shared by all of them. Made by `boot/`. */

import type { Block } from "../config/bind.ts";
import type { Span } from "../config/source.ts";
import type { ServerTls } from "./connection/tls/server-tls.ts";
import type { ConnectionSettings } from "./core/connection-settings.ts";
import type { LocationSettings } from "./core/location-settings.ts";
import type { Filter, Handler, LogHandler } from "./phase.ts";
import type { LocationTree } from "./routing/location-tree.ts";

export interface CompiledServer {
  /** The first server_name, or "" ($server_name). */
  readonly name: string;
  readonly span: Span | undefined;
  /** Of the server names that are regular expressions, all together: groups a name has not stay unset. */
  readonly namedCaptures: readonly NamedCapture[];
  /** post_read and server_rewrite handlers: run before a location is chosen for a request. */
  readonly openingHandlers: readonly Handler[];
  /** The latter alone: run before a location is chosen for an internal redirect. */
  readonly serverRewrite: readonly Handler[];
  readonly locations: LocationTree<CompiledLocation>;
  /** What applies where no location matches, and to errors before one is chosen. */
  readonly rootLocation: CompiledLocation;
  readonly connection: ConnectionSettings;
  /** Undefined without a certificate. */
  readonly tls: ServerTls | undefined;
}

/** `limit_except`: the location that stands in for another one where a request's method is none of these. */
export interface LimitExcept {
  readonly methods: ReadonlySet<string>;
  readonly location: CompiledLocation;
}

/** A regular expression's named group and the variable of that name: its index in `r.values`. */
export interface NamedCapture {
  readonly index: number;
  readonly group: string;
}

export interface CompiledLocation {
  /** As written: "= /x", "~ \.php$", "/", "@name"; "" for a server's own level. */
  readonly label: string;
  /** The settings in force and where they were written: for `explain`, never read on a served request. */
  readonly block: Block;
  readonly modifier: string;
  readonly name: string;
  readonly span: Span | undefined;
  readonly limitExcept: LimitExcept | undefined;
  /** rewrite, preaccess, access, precontent and content handlers in order: each is asked until one answers. */
  readonly handlers: readonly Handler[];
  /** Index of the first content handler. */
  readonly contentAt: number;
  /** Applied to every answer, in order. */
  readonly filters: readonly Filter[];
  readonly logHandlers: readonly LogHandler[];
  /** Names of `handlers` for `explain`, index by index. */
  readonly handlerNames: readonly string[];
  /** Of the location's own regular expression. */
  readonly namedCaptures: readonly NamedCapture[];
  readonly settings: LocationSettings;
}
