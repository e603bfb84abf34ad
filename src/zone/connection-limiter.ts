/** `limit_conn`: whether a request may be under way beside others of its keys (nginx: ngx_http_limit_conn_handler). */

import type { ConnectionCounts } from "./connection-counts.ts";
import type { ZoneIdentity } from "./zone-identity.ts";

export interface ConnectionLimit {
  readonly zone: ZoneIdentity;
  /** Requests under way at once. */
  readonly max: number;
}

/** A request's place in the zones it was counted in. */
export interface Hold {
  /** To be called once. */
  release(): void;
}

export interface ConnectionOutcome {
  /** "unlimited": every key was empty; "full": there was no room for its key. */
  readonly verdict: "unlimited" | "passed" | "rejected" | "full";
  /** The limit it is about, by its place in the list. */
  readonly limit: number;
  /** What a request that passed has to give back. */
  readonly hold: Hold | undefined;
}

export interface ConnectionLimiter {
  /** `keys`: one a limit; a limit whose key is empty does not count. */
  take(keys: readonly string[]): ConnectionOutcome | Promise<ConnectionOutcome>;
}

export const UNCOUNTED: ConnectionOutcome = { verdict: "unlimited", limit: 0, hold: undefined };

/** Decides at once, in this process. */
export class LocalConnectionLimiter implements ConnectionLimiter {
  private readonly limits: readonly ConnectionLimit[];
  private readonly zones: readonly ConnectionCounts[];

  constructor(limits: readonly ConnectionLimit[], zones: readonly ConnectionCounts[]) {
    this.limits = limits;
    this.zones = zones;
  }

  take(keys: readonly string[]): ConnectionOutcome {
    let isCounted = false;
    for (let i = 0; i < this.limits.length; i++) {
      const key = keys[i] as string;
      if (key === "") continue;
      const verdict = (this.zones[i] as ConnectionCounts).take(key, (this.limits[i] as ConnectionLimit).max);
      if (verdict !== "passed") {
        this.releaseUpTo(i, keys);
        return { verdict, limit: i, hold: undefined };
      }
      isCounted = true;
    }
    return isCounted ? { verdict: "passed", limit: 0, hold: new LocalHold(this, keys) } : UNCOUNTED;
  }

  release(keys: readonly string[]): void {
    this.releaseUpTo(this.limits.length, keys);
  }

  private releaseUpTo(end: number, keys: readonly string[]): void {
    for (let i = 0; i < end; i++) {
      const key = keys[i] as string;
      if (key !== "") (this.zones[i] as ConnectionCounts).release(key);
    }
  }
}

class LocalHold implements Hold {
  private readonly limiter: LocalConnectionLimiter;
  private readonly keys: readonly string[];

  constructor(limiter: LocalConnectionLimiter, keys: readonly string[]) {
    this.limiter = limiter;
    this.keys = keys;
  }

  release(): void {
    this.limiter.release(this.keys);
  }
}
