/** A named set of servers that requests are forwarded to: an `upstream` block, or the one server that an address in a pass directive names. */

import type { Span } from "../config/source.ts";
import type { Declaration, Services } from "../http/module.ts";
import type { Balancer } from "./balancer.ts";
import { ConnectionPool, type KeepaliveSettings } from "./connection-pool.ts";
import { Peer, PeerHealth, type PeerSettings } from "./peer.ts";
import { inetAddress, isIpAddress, type PeerAddress, unixAddress } from "./peer-address.ts";
import { type HostLookup, lookupHost } from "./resolve-host.ts";
import { createRoundRobin } from "./round-robin.ts";

/** A `server` line: an address that may be a name, and what holds for all peers it resolves to. */
export interface UpstreamServer extends PeerSettings {
  readonly address: ServerAddress;
  /** Where it is written; undefined: a request gave it. */
  readonly span?: Span;
}

export type ServerAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "inet"; readonly host: string; readonly port: number };

/** What `upstream` blocks declare and pass directives look up, by lower-case name. */
export const UPSTREAM_GROUPS: Declaration<UpstreamGroup> = { kind: "upstream" };

/** Groups made for the addresses in pass directives: one for each, as every location that gives the same address shares it. */
export const ADDRESS_GROUPS: Declaration<UpstreamGroup> = { kind: "address" };

/** What outlives a snapshot is asked for by key, and ended with the process. */
export type SharedValues = Pick<Services, "shared" | "onExit">;

/** A failed look-up is tried again after this time, so that an unknown name does not cost every request one. */
const RETRY_LOOKUP_MS = 1000;

export class UpstreamGroup {
  /** As written in the configuration. */
  readonly name: string;
  /** The `upstream` block; undefined for a group made from an address. */
  readonly span: Span | undefined;
  readonly servers: readonly UpstreamServer[];
  readonly keepalive: KeepaliveSettings;
  readonly pool: ConnectionPool;
  /** Undefined until all names are resolved. */
  balancer: Balancer | undefined;
  private readonly services: SharedValues;
  private readonly lookup: HostLookup;
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
    lookup: HostLookup = lookupHost,
  ) {
    this.name = name;
    this.span = span;
    this.servers = servers;
    this.keepalive = keepalive;
    this.services = services;
    this.lookup = lookup;
    const poolKey = `upstream pool ${span === undefined ? "address" : "group"} ${name}`;
    this.pool = services.shared(poolKey, () => {
      const pool = new ConnectionPool();
      services.onExit(() => pool.closeAll());
      return pool;
    });
    const addresses = servers.map(literalAddresses);
    this.balancer = addresses.every((each) => each !== undefined) ? this.balance(addresses) : undefined;
  }

  /** Takes addresses that were looked up for it: a server whose name has none is left out, and looked up again when it is needed. */
  adoptAddresses(addressesOf: (host: string) => readonly string[]): void {
    if (this.balancer !== undefined) return;
    this.adopt(this.servers.map((server) => literalAddresses(server) ?? resolvedAddresses(server, addressesOf(hostOf(server)))));
  }

  /** Resolves the names among the servers once; what could not be resolved, or "" when `balancer` is ready. Never rejects. */
  prepare(): Promise<string> {
    if (this.balancer !== undefined) return Promise.resolve("");
    if (performance.now() - this.failedAtMs < RETRY_LOOKUP_MS) return Promise.resolve(this.failure);
    return this.resolveOnce();
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
        this.servers.map(async (server) => literalAddresses(server) ?? resolvedAddresses(server, await this.lookup(hostOf(server)))),
      ),
    );
    return this.failure;
  }

  private adopt(found: readonly (readonly PeerAddress[])[]): void {
    this.isIncomplete = found.some((addresses) => addresses.length === 0);
    if (this.isIncomplete) this.failedAtMs = performance.now();
    const [server] = this.servers;
    const hasAny = found.some((addresses) => addresses.length > 0);
    this.failure = hasAny || server === undefined ? "" : hostOf(server);
    if (hasAny) this.balancer = this.balance(found);
  }

  /** One peer for every address; `addresses` runs in step with the servers. */
  private balance(addresses: readonly (readonly PeerAddress[])[]): Balancer {
    const peers: Peer[] = [];
    for (const [index, server] of this.servers.entries()) {
      for (const address of addresses[index] ?? []) {
        const health = this.services.shared(`upstream peer ${this.name} ${address.text} ${server.server}`, () => new PeerHealth());
        peers.push(new Peer(address, server, health));
      }
    }
    return createRoundRobin(peers);
  }
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
