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
}

export type ServerAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "inet"; readonly host: string; readonly port: number };

/** What `upstream` blocks declare and pass directives look up, by lower-case name. */
export const UPSTREAM_GROUPS: Declaration<UpstreamGroup> = { kind: "upstream" };

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
    const addresses = servers.map((server) => literalAddress(server.address));
    this.balancer = addresses.every((address) => address !== undefined) ? this.balance(addresses.map((address) => [address])) : undefined;
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
    const found = await Promise.all(this.servers.map((server) => this.resolveServer(server)));
    this.isIncomplete = found.some((addresses) => addresses.length === 0);
    if (this.isIncomplete) this.failedAtMs = performance.now();
    if (found.some((addresses) => addresses.length > 0)) {
      this.balancer = this.balance(found);
      return "";
    }
    const [server] = this.servers;
    this.failure = server?.address.kind === "inet" ? server.address.host : this.name;
    return this.failure;
  }

  private async resolveServer(server: UpstreamServer): Promise<readonly PeerAddress[]> {
    const literal = literalAddress(server.address);
    if (literal !== undefined) return [literal];
    if (server.address.kind === "unix") return [];
    const { host, port } = server.address;
    const hosts = await this.lookup(host);
    return hosts.map((ip) => inetAddress(ip, port));
  }

  /** One peer for every address; `addresses` runs in step with the servers. */
  private balance(addresses: readonly (readonly (PeerAddress | undefined)[])[]): Balancer {
    const peers: Peer[] = [];
    for (const [index, server] of this.servers.entries()) {
      for (const address of addresses[index] ?? []) {
        if (address === undefined) continue;
        const health = this.services.shared(`upstream peer ${this.name} ${address.text} ${server.server}`, () => new PeerHealth());
        peers.push(new Peer(address, server, health));
      }
    }
    return createRoundRobin(peers);
  }
}

function literalAddress(address: ServerAddress): PeerAddress | undefined {
  if (address.kind === "unix") return unixAddress(address.path);
  return isIpAddress(address.host) ? inetAddress(address.host, address.port) : undefined;
}
