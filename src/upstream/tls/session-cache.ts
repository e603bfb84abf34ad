/** TLS sessions kept to shorten later handshakes (nginx: ngx_http_upstream_save_round_robin_peer_session). One cache for each context. */

/** A cache holds one session for a peer and name; more peers than this share badly. A session is about a kilobyte. */
const SESSIONS_MAX = 256;

/**
 * The sessions of one context, by peer and name: a session says that a certificate has been verified, and must never be offered where another
 * certificate, another name or other rules would have been.
 */
export class SessionCache {
  private readonly sessions = new Map<string, Buffer>();

  get(key: string): Buffer | undefined {
    return this.sessions.get(key);
  }

  /** The newest session of a peer is the one to use; the one written longest ago goes first. */
  put(key: string, session: Buffer): void {
    this.sessions.delete(key);
    this.sessions.set(key, session);
    for (const oldest of this.sessions.keys()) {
      if (this.sessions.size <= SESSIONS_MAX) return;
      this.sessions.delete(oldest);
    }
  }

  /** A handshake that began with it failed. */
  forget(key: string): void {
    this.sessions.delete(key);
  }
}
