/** Streams that end before their answer does, by a client's reset or by a rule it broke: each costs work and none counts as concurrent. */

/** A page with this many pictures may be left at once. */
const BURST = 200;
const PER_SECOND = 33;

/** A connection's allowance. Source: CVE-2023-44487 (rapid reset), CVE-2025-8671 (MadeYouReset). */
export class ResetBudget {
  private left = BURST;
  private filledAtMs: number;

  constructor(nowMs: number) {
    this.filledAtMs = nowMs;
  }

  /** Counts one; false when there have been too many. */
  spend(nowMs: number): boolean {
    this.left = Math.min(BURST, this.left + ((nowMs - this.filledAtMs) / 1000) * PER_SECOND);
    this.filledAtMs = nowMs;
    if (this.left < 1) return false;
    this.left--;
    return true;
  }
}
