/** `*_limit_rate`: an upstream's answer is read no faster than this (nginx: ngx_event_pipe_read_upstream). One object for each answer. */

export class ReadPace {
  /** Nothing is to be read for now. */
  isWaiting = false;
  /** Octets a second, of which the first are free. */
  private readonly rate: number;
  private readonly due: () => void;
  private readonly startedAtMs: number;
  private readBytes = 0;
  private timer: NodeJS.Timeout | undefined = undefined;

  /** `due` hears that reading may go on. */
  constructor(rate: number, due: () => void) {
    this.rate = rate;
    this.due = due;
    this.startedAtMs = performance.now();
  }

  /** Notes what has been read. */
  note(bytes: number): void {
    this.readBytes += bytes;
    if (this.isWaiting) return;
    const elapsedMs = performance.now() - this.startedAtMs;
    const waitMs = (this.readBytes * 1000) / this.rate - elapsedMs - 1000;
    if (waitMs < 0) return;
    this.isWaiting = true;
    this.wait(waitMs + 1);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.isWaiting = false;
  }

  private wait(ms: number): void {
    this.timer = setTimeout(
      () => {
        if (ms > TIMER_MS_MAX) this.wait(ms - TIMER_MS_MAX);
        else {
          this.isWaiting = false;
          this.due();
        }
      },
      Math.min(ms, TIMER_MS_MAX),
    );
  }
}

/** Longer ones fire at once in Node.js. */
const TIMER_MS_MAX = 2_147_483_647;
