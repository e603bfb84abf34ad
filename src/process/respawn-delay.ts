/** How long to wait before a worker that ended is replaced: not at all, unless workers end again and again. */

/** A worker that lived shorter than this counts as one that cannot live. */
const SHORT_LIFE_MS = 1000;
const FIRST_DELAY_MS = 100;
const DELAY_MAX_MS = 5000;
/** A life this long shows that the trouble is over. */
const HEALTHY_LIFE_MS = 60_000;

export class RespawnDelay {
  private delayMs = 0;

  /** For a worker that ended after `livedMs`: milliseconds to wait before its successor is started. */
  after(livedMs: number): number {
    if (livedMs >= HEALTHY_LIFE_MS) this.delayMs = 0;
    const delay = this.delayMs;
    if (livedMs < SHORT_LIFE_MS) this.delayMs = delay === 0 ? FIRST_DELAY_MS : Math.min(delay * 2, DELAY_MAX_MS);
    return delay;
  }
}
