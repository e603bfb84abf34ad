/** The group that an address means: an `upstream` block of that name, or one made for the address itself. */

import type { Span } from "../config/source.ts";
import type { Scope } from "../http/module.ts";
import { DEFAULT_KEEPALIVE } from "./connection-pool.ts";
import { DEFAULT_PEER_SETTINGS } from "./peer.ts";
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
  const server = serverText(url);
  const key = `${url.port === undefined ? "" : ":"} ${server}`;
  const known = scope.find(ADDRESS_GROUPS, key);
  if (known !== undefined) return known;
  const group = groupForAddress(url, scope.services, span);
  scope.declare(ADDRESS_GROUPS, key, group);
  return group;
}

/** One server under its own name. */
function groupForAddress(url: UpstreamUrl, shared: SharedValues, span: Span | undefined): UpstreamGroup {
  const server = serverText(url);
  const name = url.port === undefined ? url.name : server;
  const line = { ...DEFAULT_PEER_SETTINGS, address: url.address, server, ...(span === undefined ? {} : { span }) };
  return new UpstreamGroup(name, [line], DEFAULT_KEEPALIVE, shared);
}

function serverText({ address, name }: UpstreamUrl): string {
  return address.kind === "unix" ? name : `${name}:${address.port}`;
}

/** How long the addresses of a name that a variable gave are used: nginx asks as often as the name's TTL says, which the system does not tell. */
const EVALUATED_NAME_VALID_MS = 30_000;

interface MadeGroup {
  readonly group: UpstreamGroup;
  readonly validUntilMs: number;
}

/** Groups for addresses that hold variables: declared ones by name, others made when first asked for. */
export class EvaluatedGroups {
  private readonly declared: ReadonlyMap<string, UpstreamGroup>;
  private readonly made = new Map<string, MadeGroup>();

  constructor(scope: Scope) {
    this.declared = scope.all(UPSTREAM_GROUPS);
    scope.services.onExit(() => this.forget());
  }

  find(url: UpstreamUrl): UpstreamGroup {
    const declared = url.port === undefined ? findDeclaredGroup(url, this.declared) : undefined;
    if (declared !== undefined) return declared;
    const key = url.address.kind === "unix" ? url.name : `${url.name.toLowerCase()}:${url.address.port}`;
    const known = this.made.get(key);
    if (known !== undefined && performance.now() < known.validUntilMs) return known.group;
    known?.group.pool.closeAll();
    if (this.made.size >= EVALUATED_GROUPS_MAX) this.forget();
    const group = groupForAddress(url, OWN_VALUES, undefined);
    const isName = url.address.kind === "inet" && group.balancer === undefined;
    this.made.set(key, { group, validUntilMs: isName ? performance.now() + EVALUATED_NAME_VALID_MS : Number.POSITIVE_INFINITY });
    return group;
  }

  private forget(): void {
    for (const { group } of this.made.values()) group.pool.closeAll();
    this.made.clear();
  }
}

/** Nothing of an evaluated address outlives its group, since such addresses may come from clients. */
const OWN_VALUES: SharedValues = { shared: (_key, create) => create(), onExit: () => undefined };
