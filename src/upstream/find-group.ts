/** The group that an address means: an `upstream` block of that name, or one made for the address itself. */

import type { Span } from "../config/source.ts";
import type { Scope } from "../http/module.ts";
import { DEFAULT_KEEPALIVE } from "./connection-pool.ts";
import { DEFAULT_PEER_SETTINGS } from "./peer.ts";
import { isIpAddress } from "./peer-address.ts";
import type { FindAddresses } from "./resolver/host-addresses.ts";
import { resolverDirectives } from "./resolver/resolver-directives.ts";
import { sharedResolver } from "./resolver/shared-resolver.ts";
import { ADDRESS_GROUPS, type SharedValues, UPSTREAM_GROUPS, UpstreamGroup } from "./upstream-group.ts";
import type { UpstreamUrl } from "./upstream-url.ts";

/** Groups made for evaluated addresses, kept at most: a variable must not fill memory. */
const EVALUATED_GROUPS_MAX = 1024;

/** A declared group wins when the address names it without a port; undefined: there is none of that name. */
export function findDeclaredGroup(url: UpstreamUrl, groups: ReadonlyMap<string, UpstreamGroup>): UpstreamGroup | undefined {
  return groups.get(url.name.toLowerCase());
}

/** The group of one server that all locations of a snapshot share which give this address. */
export function literalGroup(url: UpstreamUrl, scope: Scope, span: Span | undefined): UpstreamGroup {
  const key = addressKey(url, url.port === undefined ? "bare" : "with port");
  const known = scope.find(ADDRESS_GROUPS, key);
  if (known !== undefined) return known;
  const group = groupForAddress(url, scope.services, span);
  scope.declare(ADDRESS_GROUPS, key, group);
  return group;
}

/** One server under its own name. */
function groupForAddress(url: UpstreamUrl, shared: SharedValues, span: Span | undefined, findAddresses?: FindAddresses): UpstreamGroup {
  const server = serverText(url);
  const name = url.port === undefined ? url.name : server;
  const line = { ...DEFAULT_PEER_SETTINGS, address: url.address, server, ...(span === undefined ? {} : { span }) };
  return new UpstreamGroup(name, [line], DEFAULT_KEEPALIVE, shared, undefined, findAddresses);
}

/** The form counts: `$upstream_addr` names a group as it is written. */
function addressKey(url: UpstreamUrl, form: "bare" | "with port"): string {
  return `${form} ${serverText(url).toLowerCase()}`;
}

function serverText({ address, name }: UpstreamUrl): string {
  return address.kind === "unix" ? name : `${name}:${address.port}`;
}

/** Groups for addresses that hold variables: those of the configuration by name, others made when first asked for. */
export class EvaluatedGroups {
  private readonly declared: ReadonlyMap<string, UpstreamGroup>;
  private readonly literal: ReadonlyMap<string, UpstreamGroup>;
  private readonly made = new Map<string, UpstreamGroup>();
  private readonly findAddresses: FindAddresses | undefined;
  /** Nothing of an evaluated address outlives its group, since such addresses may come from clients. */
  private readonly own: SharedValues;

  constructor(scope: Scope) {
    const { resolver, resolver_timeout } = scope.settings(resolverDirectives);
    this.findAddresses = sharedResolver(resolver, resolver_timeout, scope.services);
    this.own = { shared: (_key, create) => create(), onExit: () => undefined, connections: scope.services.connections };
    this.declared = scope.all(UPSTREAM_GROUPS);
    this.literal = scope.all(ADDRESS_GROUPS);
    scope.services.onExit(() => this.forget());
  }

  /** nginx: an address that stands elsewhere in the configuration is known, and no name server asked. */
  findLiteral(url: UpstreamUrl): UpstreamGroup | undefined {
    const declared = url.port === undefined ? findDeclaredGroup(url, this.declared) : undefined;
    return declared ?? this.literal.get(addressKey(url, "bare")) ?? this.literal.get(addressKey(url, "with port"));
  }

  /** Undefined: it is a name, and no `resolver` is in force. */
  find(url: UpstreamUrl): UpstreamGroup | undefined {
    const key = url.address.kind === "unix" ? url.name : `${url.name.toLowerCase()}:${url.address.port}`;
    const known = this.made.get(key);
    if (known !== undefined) return known;
    const isName = url.address.kind === "inet" && !isIpAddress(url.address.host);
    if (isName && this.findAddresses === undefined) return undefined;
    if (this.made.size >= EVALUATED_GROUPS_MAX) this.forget();
    const group = groupForAddress(url, this.own, undefined, this.findAddresses);
    this.made.set(key, group);
    return group;
  }

  private forget(): void {
    for (const group of this.made.values()) group.pool.closeAll();
    this.made.clear();
  }
}
