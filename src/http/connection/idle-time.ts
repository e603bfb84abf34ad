/** How long a connection between two requests stays open (nginx: keepalive_timeout, keepalive_min_timeout). */

import type { Deadline } from "../../net/deadlines.ts";
import type { LocationSettings } from "../core/location-settings.ts";
import type { ConnectionHost } from "./connection-host.ts";

export class IdleTime {
  private readonly deadline: Deadline;
  private readonly host: ConnectionHost;
  /** Until then neither want of room nor the end of the process closes it; milliseconds of performance.now(). */
  private protectedUntilMs = 0;

  constructor(deadline: Deadline, host: ConnectionHost) {
    this.deadline = deadline;
    this.host = host;
  }

  /** The connection waits for its next request from now on. False: it does not, and is to be closed. */
  begin({ keepaliveTimeoutMs, keepaliveMinTimeoutMs }: LocationSettings): boolean {
    this.protectedUntilMs = keepaliveMinTimeoutMs === 0 ? 0 : performance.now() + Math.min(keepaliveMinTimeoutMs, keepaliveTimeoutMs);
    if (this.host.isDraining) return this.drain();
    this.deadline.set(keepaliveTimeoutMs);
    return true;
  }

  /** The listener is going away while the connection waits. False: it is to be closed at once. */
  drain(): boolean {
    const stayMs = Math.max(this.host.idleGraceMs, this.protectedUntilMs - performance.now());
    if (stayMs <= 0) return false;
    this.deadline.set(stayMs);
    return true;
  }

  /** Whether it may be closed to make room. */
  get mayEnd(): boolean {
    return this.protectedUntilMs === 0 || performance.now() >= this.protectedUntilMs;
  }
}
