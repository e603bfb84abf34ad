/** Sessions kept on the server's side, for clients that take no tickets (nginx: ssl_session_cache; RFC 5246 section 7.3). */

interface KeptSession {
  readonly session: Buffer;
  readonly expiresAtMs: number;
}

/** Bounded by number and time: the session kept longest goes first. */
export class SessionStore {
  private readonly sessionsMax: number;
  private readonly sessions = new Map<string, KeptSession>();

  constructor(sessionsMax: number) {
    this.sessionsMax = sessionsMax;
  }

  /** `id` is latin1 text. */
  put(id: string, session: Buffer, expiresAtMs: number): void {
    this.sessions.delete(id);
    this.sessions.set(id, { session, expiresAtMs });
    if (this.sessions.size <= this.sessionsMax) return;
    for (const oldest of this.sessions.keys()) {
      this.sessions.delete(oldest);
      return;
    }
  }

  get(id: string, nowMs: number): Buffer | undefined {
    const kept = this.sessions.get(id);
    if (kept === undefined) return undefined;
    if (kept.expiresAtMs > nowMs) return kept.session;
    this.sessions.delete(id);
    return undefined;
  }

  get size(): number {
    return this.sessions.size;
  }
}
