/** A named set of servers that requests are forwarded to: an `upstream` block, or the one server that an address in a pass directive names. */

import { setTimeout as delay } from "node:timers/promises";
import type { Span } from "../config/source.ts";
import type { Declaration, Services } from "../http/module.ts";
import type { Evaluate } from "../http/template.ts";
import type { GroupBalancer } from "./balancer.ts";
import { AskedBalancer } from "./balancing/asked-balancer.ts";
import { askedPeersOf } from "./balancing/asked-peers.ts";
import { createBalancer, type MethodName } from "./balancing/create-balancer.ts";
import type { LinkedMethod } from "./balancing/method-directives.ts";
import type { ZonedGroup } from "./balancing/peer-questions.ts";
import { ConnectionPool, type KeepaliveSettings } from "./connection-pool.ts";
import { healthKey, Peer, PeerHealth, type PeerSettings } from "./peer.ts";
import { inetAddress, isIpAddress, type PeerAddress, unixAddress } from "./peer-address.ts";
import { type FindAddresses, type HostAddresses, NOT_FOUND, systemAddresses } from "./resolver/host-addresses.ts";
import type { UpstreamZone } from "./upstream-zone.ts";

/** A `server` line: an address that may be a name, and what holds for all peers it resolves to. */
export interface UpstreamServer extends PeerSettings {
  readonly address: ServerAddress;
  /** Where it is written; undefined: a request gave it. */
  readonly span?: Span;
  /** `resolve`: its name is asked of a name server, again and again, and not of the system when the configuration is read. */
  readonly isResolved?: boolean;
}

export type ServerAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "inet"; readonly host: string; readonly port: number };

/** What `upstream` blocks declare and pass directives look up, by lower-case name. */
export const UPSTREAM_GROUPS: Declaration<UpstreamGroup> = { kind: "upstream" };

/** Groups made for the addresses in pass directives: one for each, as every location that gives the same address shares it. */
export const ADDRESS_GROUPS: Declaration<UpstreamGroup> = { kind: "address" };

/** What outlives a snapshot is asked for by key, and ended with the process. */
export type SharedValues = Pick<Services, "shared" | "onExit" | "connections">;

/** A failed look-up is tried again after this time, so that an unknown name does not cost every request one. */
const RETRY_LOOKUP_MS = 1000;
/** How long a request waits for addresses when there are former ones. */
const RENEWAL_WAIT_MS = 1000;

const LITERAL: Pick<HostAddresses, "failure" | "validUntilMs"> = { failure: "", validUntilMs: Number.POSITIVE_INFINITY };

export class UpstreamGroup {
  /** As written in the configuration. */
  readonly name: string;
  /** The `upstream` block; undefined for a group made from an address. */
  readonly span: Span | undefined;
  readonly servers: readonly UpstreamServer[];
  readonly keepalive: KeepaliveSettings;
  readonly pool: ConnectionPool;
  /** Undefined until names are resolved. */
  balancer: GroupBalancer | undefined;
  /** What peers are chosen by; undefined: nothing of the request. */
  keyOf: Evaluate | undefined = undefined;
  /** Where workers that are several share what is known of the peers; undefined: each has its own account. */
  zoned: ZonedGroup | undefined = undefined;
  private method: MethodName = "round robin";
  private readonly services: SharedValues;
  private readonly lookup: FindAddresses;
  /** For servers marked `resolve`. */
  private resolver: FindAddresses | undefined = undefined;
  /** In step with the servers. */
  private addresses: readonly (readonly PeerAddress[])[] = [];
  private validUntilMs = Number.POSITIVE_INFINITY;
  private resolving: Promise<string> | undefined;
  private failedAtMs = Number.NEGATIVE_INFINITY;
  private failure = "";
  /** The balancer lacks servers that did not resolve. */
  private isIncomplete = false;

  constructor(
    name: string,
    servers: readonly UpstreamServer[],
    keepalive: KeepaliveSettings,
    services: SharedValues,
    span?: Span,
    lookup: FindAddresses = systemAddresses,
  ) {
    this.name = name;
    this.span = span;
    this.servers = servers;
    this.keepalive = keepalive;
    this.services = services;
    this.lookup = lookup;
    const poolKey = `upstream pool ${span === undefined ? "address" : "group"} ${name}`;
    this.pool = services.shared(poolKey, () => {
      const pool = new ConnectionPool(services.connections);
      services.onExit(() => pool.closeAll());
      return pool;
    });
    this.balancer = this.balanceLiterals();
  }

  /** Chooses peers in another way than in turn: to be said before names are resolved. */
  balanceBy({ name, keyOf }: LinkedMethod): void {
    this.method = name;
    this.keyOf = keyOf;
    this.balancer = this.balanceLiterals();
  }

  /** `zone`: to be said before names are resolved. */
  shareIn({ name, bytes }: Pick<UpstreamZone, "name" | "bytes">): void {
    this.zoned = { zone: name, zoneBytes: bytes, name: this.name };
    this.balancer = this.balanceLiterals();
  }

  /** Asks `find` for the addresses of servers marked `resolve`. */
  resolveBy(find: FindAddresses): void {
    this.resolver = find;
  }

  /** False: `prepare` before using `balancer`. */
  get isReady(): boolean {
    return this.balancer !== undefined && performance.now() < this.validUntilMs;
  }

  /** Takes addresses that were looked up for it: a server whose name has none is left out, and looked up again when it is needed. */
  adoptAddresses(addressesOf: (host: string) => readonly string[]): void {
    if (this.balancer !== undefined || this.servers.some((server) => server.isResolved === true)) return;
    this.adopt(
      this.servers.map((server) => {
        const addresses = addressesOf(hostOf(server));
        return { addresses, failure: addresses.length === 0 ? NOT_FOUND : "", validUntilMs: Number.POSITIVE_INFINITY };
      }),
    );
  }

  /** Looks the names among the servers up where that is due; why there is no address at all, or "" when `balancer` can be used. Never rejects. */
  prepare(): Promise<string> {
    if (this.isReady) return Promise.resolve("");
    if (performance.now() - this.failedAtMs < RETRY_LOOKUP_MS) return Promise.resolve(this.failure);
    const resolved = this.resolveOnce();
    return this.balancer === undefined ? resolved : Promise.race([resolved, delay(RENEWAL_WAIT_MS, "", { ref: false })]);
  }

  /** Looks again for servers that did not resolve while others did; those serve meanwhile. To be called now and then. */
  completeLater(): void {
    if (this.isIncomplete && performance.now() - this.failedAtMs >= RETRY_LOOKUP_MS) void this.resolveOnce();
  }

  private resolveOnce(): Promise<string> {
    this.resolving ??= this.resolveAll().finally(() => {
      this.resolving = undefined;
    });
    return this.resolving;
  }

  /** A server that does not resolve is left out as long as another one does. */
  private async resolveAll(): Promise<string> {
    this.adopt(
      await Promise.all(
        this.servers.map((server) => {
          if (literalAddresses(server) !== undefined) return { ...LITERAL, addresses: [] };
          return (server.isResolved === true ? (this.resolver ?? this.lookup) : this.lookup)(hostOf(server));
        }),
      ),
    );
    return this.failure;
  }

  /** nginx: a name that does not exist loses its addresses; one that cannot be asked for keeps them. */
  private adopt(found: readonly HostAddresses[]): void {
    this.isIncomplete = found.some(({ failure }) => failure !== "");
    if (this.isIncomplete) this.failedAtMs = performance.now();
    const addresses = this.servers.map((server, index) => {
      const { addresses: hosts, failure } = found[index] ?? { addresses: [], failure: NOT_FOUND };
      if (failure !== "" && failure !== NOT_FOUND) return this.addresses[index] ?? [];
      return literalAddresses(server) ?? resolvedAddresses(server, hosts);
    });
    const failed = found.findIndex(({ failure }) => failure !== "");
    const server = this.servers[failed];
    const hasAny = addresses.some((each) => each.length > 0);
    this.failure = hasAny || server === undefined ? "" : `${hostOf(server)} could not be resolved (${found[failed]?.failure})`;
    this.validUntilMs = Math.min(...found.filter(({ failure }) => failure === "").map(({ validUntilMs }) => validUntilMs));
    // What the balancer knows of its peers is kept as long as they are the same.
    if (this.balancer === undefined || textOf(addresses) !== textOf(this.addresses))
      this.balancer = hasAny ? this.balance(addresses) : undefined;
    this.addresses = addresses;
  }

  /** Undefined when a name has to be looked up. */
  private balanceLiterals(): GroupBalancer | undefined {
    const addresses = this.servers.map(literalAddresses);
    return addresses.every((each) => each !== undefined) ? this.balance(addresses) : undefined;
  }

  /** One peer for every address; `addresses` runs in step with the servers. */
  private balance(addresses: readonly (readonly PeerAddress[])[]): GroupBalancer {
    const asked = this.zoned === undefined ? undefined : askedPeersOf(this.services);
    const peers: Peer[] = [];
    for (const [index, server] of this.servers.entries()) {
      const found = addresses[index] ?? [];
      // A name server may tell each worker of them in another order.
      for (const address of asked === undefined ? found : found.toSorted(byText)) {
        const health = this.services.shared(healthKey(this.name, address, server), () => new PeerHealth());
        peers.push(new Peer(address, server, health));
      }
    }
    const local = createBalancer(this.method, peers);
    return asked === undefined || this.zoned === undefined ? local : new AskedBalancer(asked, this.zoned, this.method, local);
  }
}

function byText(a: PeerAddress, b: PeerAddress): number {
  return a.text < b.text ? -1 : 1;
}

function textOf(addresses: readonly (readonly PeerAddress[])[]): string {
  return addresses
    .map((each) =>
      each
        .map(({ text }) => text)
        .sort()
        .join(" "),
    )
    .join(";");
}

/** Undefined: the name has to be looked up. */
export function literalAddresses({ address }: UpstreamServer): readonly PeerAddress[] | undefined {
  if (address.kind === "unix") return [unixAddress(address.path)];
  return isIpAddress(address.host) ? [inetAddress(address.host, address.port)] : undefined;
}

function resolvedAddresses({ address }: UpstreamServer, found: readonly string[]): readonly PeerAddress[] {
  return address.kind === "unix" ? [] : found.map((ip) => inetAddress(ip, address.port));
}

/** "" for a socket's path, which nobody looks up. */
export function hostOf({ address }: UpstreamServer): string {
  return address.kind === "unix" ? "" : address.host;
}
