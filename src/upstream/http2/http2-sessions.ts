/**
 * The HTTP/2 connections of the process. Requests to the same peer under the same settings share one, and get another when it has as many
 * streams as the peer allows. They outlive snapshots. (nginx gives a connection to one request at a time.)
 */

import type { ConnectionBudget, IdleConnections } from "../../net/connection-budget.ts";
import type { Deadline, Deadlines } from "../../net/deadlines.ts";
import type { KeepaliveSettings } from "../connection-pool.ts";
import type { PeerAddress } from "../peer-address.ts";
import { poolKey, type Transport } from "../transport.ts";
import type { UpstreamGroup } from "../upstream-group.ts";
import { Http2Session, type SessionOwner } from "./http2-session.ts";

/** To one peer. Further requests wait on the connection with the fewest: nghttp2 holds them until a stream is free. */
const SESSIONS_PER_PEER_MAX = 16;
/** Idle connections of the process, whatever the groups allow: variables in addresses can make many groups. */
const IDLE_SESSIONS_MAX = 1024;
/** A connection that tells of one client is that client's request's alone. */
const UNSHARED: KeepaliveSettings = { idleMax: 0, requestsMax: 1, ageMaxMs: Number.POSITIVE_INFINITY, idleTimeoutMs: 0 };

export class Http2Sessions implements SessionOwner, IdleConnections {
  private readonly deadlines: Deadlines;
  private readonly budget: ConnectionBudget;
  private readonly byKey = new Map<string, PooledSession[]>();
  /** The one idle for longest stands first. */
  private readonly idle = new Set<PooledSession>();
  private unshared = 0;

  constructor(deadlines: Deadlines, budget: ConnectionBudget) {
    this.deadlines = deadlines;
    this.budget = budget;
    budget.idle.add(this);
  }

  /** Connections there are, those being made included. */
  get size(): number {
    let size = 0;
    for (const known of this.byKey.values()) size += known.length;
    return size;
  }

  /** A connection that takes another request, perhaps still being made; undefined: it needs one more than the process may have. */
  acquire(group: UpstreamGroup, address: PeerAddress, transport: Transport, keepsSocketAlive: boolean): Http2Session | undefined {
    const isShared = transport.preface === undefined;
    const key = isShared ? `${group.name} ${poolKey(address.text, transport)}` : `unshared ${++this.unshared}`;
    const known = this.byKey.get(key) ?? [];
    let best = leastUsed(known);
    if (best === undefined || (best.session.users >= best.session.streamsMax && known.length < SESSIONS_PER_PEER_MAX)) {
      if (this.budget.isSpent && !this.budget.makeRoom()) return best?.session;
      const session = new Http2Session(key, this, address, transport, keepsSocketAlive);
      this.budget.open++;
      best = new PooledSession(session, isShared ? group.keepalive : UNSHARED, this.deadlines, (pooled) => this.discard(pooled));
      this.byKey.set(key, [...known, best]);
    }
    this.idle.delete(best);
    best.deadline.clear();
    return best.session;
  }

  sessionChanged(session: Http2Session): void {
    const pooled = this.byKey.get(session.key)?.find((candidate) => candidate.session === session);
    if (pooled === undefined) return;
    if (session.isGone || (session.users === 0 && !pooled.takesRequests())) this.discard(pooled);
    else if (session.users === 0) this.keep(pooled);
  }

  closeIdle(): boolean {
    const [oldest] = this.idle;
    if (oldest !== undefined) this.discard(oldest);
    return oldest !== undefined;
  }

  closeAll(): void {
    for (const known of [...this.byKey.values()]) for (const pooled of known) this.discard(pooled);
  }

  private keep(pooled: PooledSession): void {
    const { idleMax, idleTimeoutMs } = pooled.keepalive;
    if (idleMax === 0) {
      this.discard(pooled);
      return;
    }
    this.idle.add(pooled);
    pooled.deadline.set(idleTimeoutMs);
    const [oldest] = this.idle;
    if (this.idle.size > IDLE_SESSIONS_MAX && oldest !== undefined) this.discard(oldest);
  }

  private discard(pooled: PooledSession): void {
    const { session } = pooled;
    const known = this.byKey.get(session.key) ?? [];
    if (!known.includes(pooled)) return;
    this.budget.open--;
    const rest = known.filter((other) => other !== pooled);
    if (rest.length === 0) this.byKey.delete(session.key);
    else this.byKey.set(session.key, rest);
    this.idle.delete(pooled);
    pooled.deadline.remove();
    session.close();
  }
}

/** A connection with what bounds its life. */
class PooledSession {
  readonly session: Http2Session;
  readonly keepalive: KeepaliveSettings;
  readonly deadline: Deadline;

  constructor(session: Http2Session, keepalive: KeepaliveSettings, deadlines: Deadlines, discard: (pooled: PooledSession) => void) {
    this.session = session;
    this.keepalive = keepalive;
    this.deadline = deadlines.create(() => discard(this));
  }

  /** Not worn out, and not about to be closed by the peer. */
  takesRequests(): boolean {
    const { session, keepalive } = this;
    if (!session.isOpen || session.requests >= keepalive.requestsMax) return false;
    return performance.now() - session.openedAtMs <= keepalive.ageMaxMs;
  }
}

function leastUsed(known: readonly PooledSession[]): PooledSession | undefined {
  let best: PooledSession | undefined;
  for (const pooled of known) {
    if (pooled.takesRequests() && (best === undefined || pooled.session.users < best.session.users)) best = pooled;
  }
  return best;
}
