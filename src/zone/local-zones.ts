/** Zones of this process: every answer is there at once. */

import { ConnectionCounts } from "./connection-counts.ts";
import { type ConnectionLimit, LocalConnectionLimiter } from "./connection-limiter.ts";
import { type CarriedBucket, RequestBuckets } from "./request-buckets.ts";
import { LocalRequestLimiter, type RequestLimit } from "./request-limiter.ts";
import { type ZoneIdentity, zoneId } from "./zone-identity.ts";
import type { Zones } from "./zones.ts";

/** Plain data, since it goes between processes. `id`: a zoneId(). */
export type CarriedZones = readonly (readonly [id: string, sizeBytes: number, rate: number, buckets: readonly CarriedBucket[]])[];

export class LocalZones implements Zones {
  /** By zoneId(). */
  private readonly requests = new Map<string, RequestBuckets>();
  private readonly connections = new Map<string, ConnectionCounts>();
  private readonly now: () => number;

  /** `now`: whole milliseconds of a clock that is never set back. */
  constructor(now: () => number = monotonicMs) {
    this.now = now;
  }

  requestLimiter(limits: readonly RequestLimit[]): LocalRequestLimiter {
    const zones = limits.map(({ zone }) => this.bucketsOf(zoneId(zone), zone.sizeBytes));
    return new LocalRequestLimiter(limits, zones, this.now);
  }

  connectionLimiter(limits: readonly ConnectionLimit[]): LocalConnectionLimiter {
    const zones = limits.map(({ zone }) => findOrMake(this.connections, zoneId(zone), () => new ConnectionCounts(zone.sizeBytes)));
    return new LocalConnectionLimiter(limits, zones);
  }

  /** What `limit_req` has counted: for a process that counts on. Requests under way stay with this one. */
  carry(): CarriedZones {
    const nowMs = this.now();
    return [...this.requests]
      .map(([id, zone]): CarriedZones[number] => [id, zone.sizeBytes, zone.lastRate, zone.carry(nowMs)])
      .filter(([, , , buckets]) => buckets.length > 0);
  }

  merge(carried: CarriedZones): void {
    const nowMs = this.now();
    for (const [id, sizeBytes, rate, buckets] of carried) this.bucketsOf(id, sizeBytes).merge(buckets, rate, nowMs);
  }

  /** Forgets all other zones; those who still use them keep them. */
  keepOnly(identities: readonly ZoneIdentity[]): void {
    const kept = new Set(identities.map(zoneId));
    for (const zones of [this.requests, this.connections]) for (const id of zones.keys()) if (!kept.has(id)) zones.delete(id);
  }

  private bucketsOf(id: string, sizeBytes: number): RequestBuckets {
    return findOrMake(this.requests, id, () => new RequestBuckets(sizeBytes));
  }
}

export function monotonicMs(): number {
  return Math.floor(performance.now());
}

function findOrMake<T>(known: Map<string, T>, id: string, make: () => T): T {
  let found = known.get(id);
  if (found === undefined) {
    found = make();
    known.set(id, found);
  }
  return found;
}
