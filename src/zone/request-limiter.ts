/** `limit_req`: whether a request passes all the zones of its location, and after what delay (nginx: ngx_http_limit_req_handler). */

import type { Bucket, RequestBuckets } from "./request-buckets.ts";
import type { ZoneIdentity } from "./zone-identity.ts";

/** Amounts are thousandths of a request, as nginx counts. */
export interface RequestLimit {
  readonly zone: ZoneIdentity;
  /** A second. */
  readonly rate: number;
  /** More than this is rejected. */
  readonly burst: number;
  /** More than this is delayed. */
  readonly delay: number;
}

/** `delay` of a limit that delays nothing (nodelay); JSON carries it, as it would not carry Infinity. */
export const DELAYS_NOTHING = Number.MAX_SAFE_INTEGER;

export interface RequestOutcome {
  /** "unlimited": every key was empty; "full": there was no room for its key. */
  readonly verdict: "unlimited" | "passed" | "delayed" | "rejected" | "full";
  /** The limit it is about, by its place in the list. */
  readonly limit: number;
  readonly excess: number;
  readonly delayMs: number;
}

export interface RequestLimiter {
  /** `keys`: one a limit; a limit whose key is empty does not count. */
  take(keys: readonly string[]): RequestOutcome | Promise<RequestOutcome>;
}

export const UNLIMITED: RequestOutcome = { verdict: "unlimited", limit: 0, excess: 0, delayMs: 0 };
const PASSED: RequestOutcome = { verdict: "passed", limit: 0, excess: 0, delayMs: 0 };

/** Decides at once, in this process. */
export class LocalRequestLimiter implements RequestLimiter {
  private readonly limits: readonly RequestLimit[];
  private readonly zones: readonly RequestBuckets[];
  private readonly now: () => number;

  /** `now`: whole milliseconds of a clock that is never set back. */
  constructor(limits: readonly RequestLimit[], zones: readonly RequestBuckets[], now: () => number) {
    this.limits = limits;
    this.zones = zones;
    this.now = now;
  }

  take(keys: readonly string[]): RequestOutcome {
    const { limits, zones } = this;
    const nowMs = this.now();
    const last = limits.length - 1;
    // Those that will be charged if the last one lets the request pass.
    let counted: (Bucket | undefined)[] | undefined;
    let outcome = UNLIMITED;
    for (let i = 0; i <= last; i++) {
      const key = keys[i] as string;
      if (key === "") continue;
      const limit = limits[i] as RequestLimit;
      const zone = zones[i] as RequestBuckets;
      const known = zone.find(key);
      const bucket = known ?? zone.add(key, limit.rate, nowMs);
      if (bucket === undefined) return { verdict: "full", limit: i, excess: 0, delayMs: 0 };
      // A bucket's first request finds it empty.
      const excess = known === undefined ? 0 : bucket.filled(limit.rate, nowMs);
      if (excess > limit.burst) return { verdict: "rejected", limit: i, excess, delayMs: 0 };
      if (i === last) {
        charge(bucket, excess, nowMs);
        outcome = delayed(PASSED, limit, i, excess);
      } else {
        counted ??= [];
        counted[i] = bucket;
        // nginx: with more zones to ask, it has not been used at all yet.
        if (known === undefined) bucket.lastMs = Number.NEGATIVE_INFINITY;
        outcome = PASSED;
      }
    }
    for (let i = last - 1; counted !== undefined && i >= 0; i--) {
      const bucket = counted[i];
      if (bucket === undefined) continue;
      const limit = limits[i] as RequestLimit;
      const excess = bucket.filled(limit.rate, nowMs);
      charge(bucket, excess, nowMs);
      outcome = delayed(outcome, limit, i, excess);
    }
    return outcome;
  }
}

/** nginx keeps the earlier moment for requests of the same millisecond. */
function charge(bucket: Bucket, excess: number, nowMs: number): void {
  bucket.excess = excess;
  bucket.lastMs = nowMs;
}

/** The longest delay counts. */
function delayed(outcome: RequestOutcome, limit: RequestLimit, index: number, excess: number): RequestOutcome {
  if (excess <= limit.delay) return outcome;
  const delayMs = Math.trunc(((excess - limit.delay) * 1000) / limit.rate);
  return delayMs > outcome.delayMs ? { verdict: "delayed", limit: index, excess, delayMs } : outcome;
}
