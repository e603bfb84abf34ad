/** A compiled configuration: immutable, everything that requests need of it. */

import type { SettingsOf } from "../config/directive.ts";
import type { Span } from "../config/source.ts";
import type { CompiledServer } from "../http/compiled.ts";
import type { BindAddress } from "../http/connection/listener.ts";
import type { AddressProtocols } from "../http/core/address-protocols.ts";
import type { HeadLimits, HeadRules } from "../http/message/parse-request-head.ts";
import type { VirtualHosts } from "../http/virtual-hosts.ts";
import type { UpstreamGroup } from "../upstream/upstream-group.ts";
import type { ZoneIdentity } from "../zone/zone-identity.ts";
import type { mainDirectives } from "./main-directives.ts";

export interface Snapshot {
  readonly main: SettingsOf<typeof mainDirectives>;
  /** One entry for each socket to bind. */
  readonly sockets: readonly CompiledSocket[];
  readonly servers: readonly CompiledServer[];
  /** Where requests are forwarded to, as far as the configuration names it. */
  readonly upstreams: readonly UpstreamGroup[];
  /** What limits are counted in. */
  readonly zones: readonly ZoneIdentity[];
  /** Of `ssl_session_cache shared:…`, by sessionCacheId(). */
  readonly sessionCaches: readonly string[];
}

/** The servers behind one address that clients connect to. */
export interface CompiledHosts {
  readonly hosts: VirtualHosts;
  readonly headLimits: HeadLimits;
  readonly headRules: HeadRules;
  readonly protocols: AddressProtocols;
}

/** A socket: what it binds, and whom it serves by the address a client came to. */
export interface CompiledSocket {
  readonly bind: BindAddress;
  /** "127.0.0.1:80", "[::]:80", "unix:/path": the same for the same socket in the next snapshot. */
  readonly key: string;
  readonly span: Span;
  readonly defaultHosts: CompiledHosts;
  /** For a wildcard that also serves `listen 127.0.0.1:80`: by local address. */
  readonly hostsByAddress: ReadonlyMap<string, CompiledHosts>;
}
