/** Sessions kept on the server's side, for clients that take no tickets (nginx: ssl_session_cache; RFC 5246 section 7.3). */

interface KeptSession {
  readonly session: string;
  readonly expiresAtMs: number;
}

/** nginx looks at this many old sessions for each new one (ngx_ssl_expire_sessions). */
const EXPIRED_AT_ONCE_MAX = 2;

/** Bounded by number and time: the session unused longest goes first. Ids and sessions are base64. */
export class SessionStore {
  private readonly sessionsMax: number;
  /** The one unused longest first. */
  private readonly sessions = new Map<string, KeptSession>();

  constructor(sessionsMax: number) {
    this.sessionsMax = sessionsMax;
  }

  put(id: string, session: string, lifetimeMs: number, nowMs: number): void {
    this.sessions.delete(id);
    this.sessions.set(id, { session, expiresAtMs: nowMs + lifetimeMs });
    this.shrink(nowMs);
  }

  get(id: string, nowMs: number): string | undefined {
    const kept = this.sessions.get(id);
    if (kept === undefined) return undefined;
    this.sessions.delete(id);
    if (kept.expiresAtMs <= nowMs) return undefined;
    this.sessions.set(id, kept);
    return kept.session;
  }

  /** Those that live on, the last used first: ids, sessions and what is left of their lives. */
  *newest(nowMs: number): Generator<readonly [id: string, session: string, lifetimeMs: number]> {
    for (const [id, { session, expiresAtMs }] of [...this.sessions].reverse())
      if (expiresAtMs > nowMs) yield [id, session, expiresAtMs - nowMs];
  }

  get size(): number {
    return this.sessions.size;
  }

  private shrink(nowMs: number): void {
    let left = EXPIRED_AT_ONCE_MAX;
    for (const [id, { expiresAtMs }] of this.sessions) {
      if (left-- === 0 || (this.sessions.size <= this.sessionsMax && expiresAtMs > nowMs)) return;
      this.sessions.delete(id);
    }
  }
}
