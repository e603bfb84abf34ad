/** One `limit_req` zone: a leaky bucket for each key, the longest unused ones given up for new ones (nginx: ngx_http_limit_req_lookup, _expire). */

import { chunkBytes, roomOf } from "./slab-bytes.ts";

/** What an entry takes besides its key: "a state occupies 128 bytes" for an address. */
const ENTRY_BYTES = 80;
/** A bucket that has run empty may be given up a minute after its last request. */
const IDLE_MS = 60_000;

export class Bucket {
  /** Thousandths of a request that have not leaked away yet at `lastMs`. */
  excess = 0;
  lastMs: number;
  readonly bytes: number;

  constructor(lastMs: number, bytes: number) {
    this.lastMs = lastMs;
    this.bytes = bytes;
  }

  /** With one more request in it. `rate`: thousandths of a request a second. */
  filled(rate: number, nowMs: number): number {
    return Math.max(0, this.leaked(rate, nowMs) + 1000);
  }

  /** Below zero for a bucket that has been empty for a while. */
  leaked(rate: number, nowMs: number): number {
    return this.excess - Math.trunc((rate * Math.max(0, nowMs - this.lastMs)) / 1000);
  }
}

/** A bucket as plain data; its age instead of a moment, for every process has its own clock. */
export type CarriedBucket = readonly [key: string, excess: number, ageMs: number];

export class RequestBuckets {
  readonly sizeBytes: number;
  /** From the longest unused to the last used. */
  private readonly buckets = new Map<string, Bucket>();
  private newest: Bucket | undefined = undefined;
  private freeBytes: number;
  /** The one last counted with. */
  private rate = 0;

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
    this.freeBytes = roomOf(sizeBytes);
  }

  get size(): number {
    return this.buckets.size;
  }

  /** Being looked for counts as use. */
  find(key: string): Bucket | undefined {
    const bucket = this.buckets.get(key);
    if (bucket === undefined || bucket === this.newest) return bucket;
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    this.newest = bucket;
    return bucket;
  }

  /** Undefined when no room could be made: what had to go was smaller. */
  add(key: string, rate: number, nowMs: number): Bucket | undefined {
    const bytes = chunkBytes(ENTRY_BYTES + key.length);
    this.rate = rate;
    this.expire(2, rate, nowMs);
    if (bytes > this.freeBytes) {
      this.dropOldest();
      this.expire(2, rate, nowMs);
      if (bytes > this.freeBytes) return undefined;
    }
    const bucket = new Bucket(nowMs, bytes);
    this.freeBytes -= bytes;
    // A slice of a request's head would keep all of it in memory for as long as its key is remembered.
    this.buckets.set(Buffer.from(key, "latin1").toString("latin1"), bucket);
    this.newest = bucket;
    return bucket;
  }

  /** What another process needs to count on, from the longest unused: buckets that a next request would find empty are left out. */
  carry(nowMs: number): CarriedBucket[] {
    const carried: CarriedBucket[] = [];
    for (const [key, bucket] of this.buckets) {
      if (bucket.filled(this.rate, nowMs) > 0) carried.push([key, bucket.excess, nowMs - bucket.lastMs]);
    }
    return carried;
  }

  /** Adds what another process has counted meanwhile. */
  merge(carried: readonly CarriedBucket[], rate: number, nowMs: number): void {
    for (const [key, excess, ageMs] of carried) {
      const known = this.find(key);
      const bucket = known ?? this.add(key, rate, nowMs);
      if (bucket === undefined) continue;
      const own = known === undefined ? 0 : Math.max(0, known.leaked(rate, nowMs));
      bucket.excess = excess;
      bucket.lastMs = nowMs - ageMs;
      if (own === 0) continue;
      bucket.excess = own + Math.max(0, bucket.leaked(rate, nowMs));
      bucket.lastMs = nowMs;
    }
  }

  /** Of the last configuration that counted. */
  get lastRate(): number {
    return this.rate;
  }

  private expire(most: number, rate: number, nowMs: number): void {
    for (let left = most; left > 0; left--) {
      const oldest = this.buckets.values().next().value;
      if (oldest === undefined || nowMs - oldest.lastMs < IDLE_MS || oldest.leaked(rate, nowMs) > 0) return;
      this.dropOldest();
    }
  }

  private dropOldest(): void {
    const { value } = this.buckets.entries().next();
    if (value === undefined) return;
    this.buckets.delete(value[0]);
    this.freeBytes += value[1].bytes;
  }
}
