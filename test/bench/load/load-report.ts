/** What a load generator has counted. */

export interface LoadReport {
  readonly requests: number;
  /** Octets received, heads included. */
  readonly bytes: number;
  readonly microseconds: number;
  readonly p99Microseconds: number;
  /** Connections or streams that failed, broke or timed out. */
  readonly errors: number;
  /** Answers with another status than 200. */
  readonly wrongStatus: number;
}

/** Ends a generator that did not end by itself so long after its time. */
export const GRACE_MS = 10_000;
