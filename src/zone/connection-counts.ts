/** One `limit_conn` zone: how many requests are under way for each key (nginx: ngx_http_limit_conn_lookup). */

import { chunkBytes, roomOf } from "./slab-bytes.ts";

/** What an entry takes besides its key: 64 bytes for an address. */
const ENTRY_BYTES = 36;

export class ConnectionCounts {
  private readonly counts = new Map<string, number>();
  private freeBytes: number;

  constructor(sizeBytes: number) {
    this.freeBytes = roomOf(sizeBytes);
  }

  /** Keys with something under way. */
  get size(): number {
    return this.counts.size;
  }

  take(key: string, max: number): "passed" | "rejected" | "full" {
    const count = this.counts.get(key);
    if (count !== undefined && count >= max) return "rejected";
    if (count === undefined) {
      const bytes = chunkBytes(ENTRY_BYTES + key.length);
      if (bytes > this.freeBytes) return "full";
      this.freeBytes -= bytes;
    }
    this.counts.set(key, (count ?? 0) + 1);
    return "passed";
  }

  release(key: string): void {
    const count = this.counts.get(key);
    if (count === undefined) return;
    if (count > 1) {
      this.counts.set(key, count - 1);
      return;
    }
    this.counts.delete(key);
    this.freeBytes += chunkBytes(ENTRY_BYTES + key.length);
  }
}
