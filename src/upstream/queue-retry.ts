/** Second chances for a unix socket whose listen queue is full: nginx gives up at once, and a queue empties in milliseconds. */

const WAITS_MS = [10, 30, 60] as const;

export class QueueRetry {
  private retries = 0;
  private timer: NodeJS.Timeout | undefined = undefined;

  /** Calls `connect` after a while; false when it has been tried often enough. */
  schedule(connect: () => void): boolean {
    const wait = WAITS_MS[this.retries++];
    if (wait === undefined) return false;
    this.timer = setTimeout(connect, wait);
    return true;
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
