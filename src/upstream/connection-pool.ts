/** Idle connections kept for further requests (nginx: ngx_http_upstream_keepalive_module). One pool for each group. */

import type { ConnectionBudget, IdleConnections } from "../net/connection-budget.ts";
import type { PeerAddress } from "./peer-address.ts";
import { PLAIN_TRANSPORT } from "./transport.ts";
import { type ConnectionEnvironment, type ConnectionOwner, type OpenSocket, UpstreamConnection } from "./upstream-connection.ts";

export interface KeepaliveSettings {
  /** Idle connections kept, over all peers of the group; 0: none. */
  readonly idleMax: number;
  readonly requestsMax: number;
  /** A connection older than this is not kept. */
  readonly ageMaxMs: number;
  readonly idleTimeoutMs: number;
}

/** nginx 1.29.7 and later: `keepalive 32` with its time-outs, unless a group says otherwise. */
export const DEFAULT_KEEPALIVE: KeepaliveSettings = { idleMax: 32, requestsMax: 1000, ageMaxMs: 3_600_000, idleTimeoutMs: 60_000 };

/** A connection on its way from one process to another. */
export interface HandedConnection extends OpenSocket {
  readonly address: PeerAddress;
  readonly settings: KeepaliveSettings;
}

/** Owns a connection until the pool does. */
const NOBODY: ConnectionOwner = {
  handshaking: () => {},
  connected: () => {},
  received: () => true,
  ended: () => {},
  failed: () => {},
  drained: () => {},
  timedOut: () => {},
};

export class ConnectionPool implements IdleConnections {
  /** The connection used last stands last. */
  private readonly idle: IdleConnection[] = [];
  private readonly budget: ConnectionBudget;
  /** As last used. */
  private settings: KeepaliveSettings = DEFAULT_KEEPALIVE;

  constructor(budget: ConnectionBudget) {
    this.budget = budget;
    budget.idle.add(this);
  }

  get size(): number {
    return this.idle.length;
  }

  /** The most recently used idle connection under a key (see `poolKey`), no longer in the pool. Its owner is the caller's to set. */
  take(key: string): UpstreamConnection | undefined {
    for (let i = this.idle.length - 1; i >= 0; i--) {
      const candidate = this.idle[i];
      if (candidate === undefined || candidate.connection.poolKey !== key) continue;
      this.idle.splice(i, 1);
      return candidate.connection;
    }
    return undefined;
  }

  /** Keeps a connection whose answer was read to its end, or closes it when the settings do not allow it. */
  put(connection: UpstreamConnection, settings: KeepaliveSettings): void {
    this.settings = settings;
    const isWornOut = connection.requests >= settings.requestsMax || performance.now() - connection.openedAtMs > settings.ageMaxMs;
    if (settings.idleMax === 0 || isWornOut) {
      connection.close();
      return;
    }
    while (this.idle.length >= settings.idleMax) this.idle.shift()?.connection.close();
    const entry = new IdleConnection(this, connection);
    connection.owner = entry;
    connection.deadline.set(settings.idleTimeoutMs);
    this.idle.push(entry);
  }

  /** Gives all connections away that another process can go on with, and closes the others. */
  handOver(): readonly HandedConnection[] {
    const handed: HandedConnection[] = [];
    for (const { connection } of this.idle.splice(0)) {
      const open = connection.handOver();
      if (open !== undefined) handed.push({ ...open, address: connection.address, settings: this.settings });
    }
    return handed;
  }

  /** Keeps what another process has given away. */
  adopt({ address, settings, ...open }: HandedConnection, environment: ConnectionEnvironment): void {
    this.put(new UpstreamConnection(address, PLAIN_TRANSPORT, NOBODY, environment, false, open), settings);
  }

  closeIdle(): boolean {
    const oldest = this.idle.shift();
    oldest?.connection.close();
    return oldest !== undefined;
  }

  /** For good: the pool is not asked to make room any more. */
  closeAll(): void {
    this.budget.idle.delete(this);
    for (const { connection } of this.idle.splice(0)) connection.close();
  }

  /** Forgets an entry that has ended by itself. */
  remove(entry: IdleConnection): void {
    const at = this.idle.indexOf(entry);
    if (at >= 0) this.idle.splice(at, 1);
  }
}

/** Owns a connection while nobody uses it. Bytes that nobody asked for make it useless: they would answer the next request. */
class IdleConnection implements ConnectionOwner {
  readonly connection: UpstreamConnection;
  private readonly pool: ConnectionPool;

  constructor(pool: ConnectionPool, connection: UpstreamConnection) {
    this.pool = pool;
    this.connection = connection;
  }

  handshaking(): void {}

  connected(): void {}

  drained(): void {}

  received(): boolean {
    this.discard();
    return true;
  }

  ended(): void {
    this.discard();
  }

  failed(): void {
    this.discard();
  }

  timedOut(): void {
    this.discard();
  }

  private discard(): void {
    this.pool.remove(this);
    this.connection.close();
  }
}
