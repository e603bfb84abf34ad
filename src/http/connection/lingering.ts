/** How long a connection goes on reading what it throws away (nginx: lingering_time, lingering_timeout). */

import type { Deadline } from "../../net/deadlines.ts";
import type { LocationSettings } from "../core/location-settings.ts";

export class Lingering {
  private readonly deadline: Deadline;
  private readonly timeoutMs: number;
  private readonly untilMs: number;

  /** Starts the time for the first bytes. */
  constructor(deadline: Deadline, settings: LocationSettings) {
    this.deadline = deadline;
    this.timeoutMs = settings.lingeringTimeoutMs;
    this.untilMs = performance.now() + settings.lingeringTimeMs;
    deadline.set(Math.min(settings.lingeringTimeoutMs, settings.lingeringTimeMs));
  }

  /** Bytes came: true when there is time for more of them. */
  goOn(): boolean {
    const leftMs = this.untilMs - performance.now();
    if (leftMs <= 0) return false;
    this.deadline.set(Math.min(this.timeoutMs, leftMs));
    return true;
  }
}
