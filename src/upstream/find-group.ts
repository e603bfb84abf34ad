/** The group that an address means: an `upstream` block of that name, or one made for the address itself. */

import type { Scope } from "../http/module.ts";
import { DEFAULT_KEEPALIVE } from "./connection-pool.ts";
import { DEFAULT_PEER_SETTINGS } from "./peer.ts";
import { type SharedValues, UPSTREAM_GROUPS, UpstreamGroup } from "./upstream-group.ts";
import type { UpstreamUrl } from "./upstream-url.ts";

/** Groups made for evaluated addresses, kept at most: a variable must not fill memory. */
const EVALUATED_GROUPS_MAX = 1024;

/** A declared group wins when the address names it without a port; undefined: there is none of that name. */
export function findDeclaredGroup(url: UpstreamUrl, groups: ReadonlyMap<string, UpstreamGroup>): UpstreamGroup | undefined {
  return groups.get(url.name.toLowerCase());
}

/** One server under its own name; the same for all locations of a snapshot that give the same address. */
export function groupForAddress(url: UpstreamUrl, shared: SharedValues): UpstreamGroup {
  const { address } = url;
  const server = address.kind === "unix" ? url.name : `${url.name}:${address.port}`;
  const name = url.port === undefined ? url.name : server;
  return new UpstreamGroup(name, [{ ...DEFAULT_PEER_SETTINGS, address, server }], DEFAULT_KEEPALIVE, shared);
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
    const group = groupForAddress(url, OWN_VALUES);
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
