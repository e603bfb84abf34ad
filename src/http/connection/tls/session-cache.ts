/** Where `ssl_session_cache` keeps sessions: in this process, or, for `shared:` with several workers, in their master. */

import type { Declaration, Services } from "../../module.ts";
import type { PutSession } from "./session-questions.ts";
import { SessionStore } from "./session-store.ts";

/** Those of a cache that go to the process that follows, at a reload: some 4 MB of text. */
const CARRIED_MAX = 2000;

/** Ids and sessions are base64: they may go between processes. Each call calls back once, at once or in a while that is bounded. */
export interface SessionCache {
  /** `onKept`: the next to ask finds it, or there was no keeping it. */
  put(id: string, session: string, lifetimeMs: number, onKept: () => void): void;
  find(id: string, onFound: (session: string | undefined) => void): void;
}

export interface SessionCaches {
  /** `cache`: a sessionCacheId(). */
  open(cache: string, sessionsMax: number): SessionCache;
}

/** Those that a configuration names, by id. */
export const SESSION_CACHES: Declaration<true> = { kind: "shared TLS session cache" };

/** Under which key `Services.shared` has them: a worker that asks its master puts its own there before a configuration is loaded. */
export const SESSION_CACHES_KEY = "tls session caches";

export function sessionCachesOf(services: Pick<Services, "shared">): SessionCaches {
  return services.shared<SessionCaches>(SESSION_CACHES_KEY, () => new LocalSessionCaches());
}

/** nginx: a zone of another size is another zone, and begins empty. */
export function sessionCacheId(name: string, sessionsMax: number): string {
  return `${sessionsMax} ${name}`;
}

/** Answers at once. */
export class LocalSessionCache implements SessionCache {
  private readonly store: SessionStore;
  private readonly now: () => number;

  /** `now`: milliseconds of a clock that is never set back. */
  constructor(sessionsMax: number, now: () => number = () => performance.now()) {
    this.store = new SessionStore(sessionsMax);
    this.now = now;
  }

  put(id: string, session: string, lifetimeMs: number, onKept: () => void): void {
    this.store.put(id, session, lifetimeMs, this.now());
    onKept();
  }

  find(id: string, onFound: (session: string | undefined) => void): void {
    onFound(this.store.get(id, this.now()));
  }

  /** The last used, the one unused longest first. */
  carry(cache: string): readonly PutSession[] {
    const carried: PutSession[] = [];
    for (const [id, session, lifetimeMs] of this.store.newest(this.now())) {
      if (carried.length === CARRIED_MAX) break;
      carried.push([cache, id, session, lifetimeMs]);
    }
    return carried.reverse();
  }
}

/** Caches of this process. */
export class LocalSessionCaches implements SessionCaches {
  private readonly caches = new Map<string, LocalSessionCache>();

  open(cache: string, sessionsMax: number): LocalSessionCache {
    let found = this.caches.get(cache);
    if (found === undefined) {
      found = new LocalSessionCache(sessionsMax);
      this.caches.set(cache, found);
    }
    return found;
  }

  /** Undefined where no configuration being served names it. */
  opened(cache: string): LocalSessionCache | undefined {
    return this.caches.get(cache);
  }

  /** For the process that follows this one. */
  carry(): readonly PutSession[] {
    return [...this.caches].flatMap(([id, cache]) => cache.carry(id));
  }

  /** Those of caches that nobody names any more are left out. */
  merge(sessions: readonly PutSession[]): void {
    for (const [cache, id, session, lifetimeMs] of sessions) this.caches.get(cache)?.put(id, session, lifetimeMs, () => {});
  }

  /** Forgets all others; servers that still use them keep them. */
  keepOnly(caches: readonly string[]): void {
    for (const cache of this.caches.keys()) if (!caches.includes(cache)) this.caches.delete(cache);
  }
}
