/** The upstream's end of an upgraded connection: raw bytes both ways after a 101 (nginx: ngx_http_upstream_process_upgraded). */

import type { TunnelEnd } from "../http/exchange.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Response } from "../http/response.ts";
import { timeoutError } from "./stage-error.ts";
import { brokenConnectionError } from "./system-error.ts";
import type { ConnectionOwner, UpstreamConnection } from "./upstream-connection.ts";
import type { UpstreamError } from "./upstream-error.ts";

export interface TunnelTimeouts {
  /** No byte either way for that long. */
  readonly idleTimeoutMs: number;
  /** The upstream takes nothing of what waits for it. */
  readonly sendTimeoutMs: number;
}

export interface TunnelWatcher {
  /** The upstream's connection broke or was silent for too long; `released` follows. */
  failed(error: UpstreamError): void;
  /** The upstream's end is given up. Called once. */
  released(): void;
}

/** Sends the 101 through the location's filters and hands both ends to the exchange. `early` came behind the 101's head. */
export function startTunnel(
  r: RequestContext,
  answer: Response,
  connection: UpstreamConnection,
  early: Buffer,
  timeouts: TunnelTimeouts,
  watcher: TunnelWatcher,
): void {
  let response = answer;
  for (const filter of r.location.filters) response = filter(r, response);
  const end = new UpstreamTunnelEnd(connection, timeouts, watcher);
  connection.owner = end;
  r.response = response;
  r.status = response.status;
  r.exchange.tunnel?.(r, response, end);
  if (early.length > 0) end.received(early);
}

class UpstreamTunnelEnd implements TunnelEnd, ConnectionOwner {
  onData: ((chunk: Buffer) => boolean) | undefined = undefined;
  onDrain: (() => void) | undefined = undefined;
  onEnd: (() => void) | undefined = undefined;
  private readonly connection: UpstreamConnection;
  private readonly timeouts: TunnelTimeouts;
  private readonly watcher: TunnelWatcher;
  /** The client takes no more for now. */
  private isPaused = false;
  /** Given up; what the client sent last may still be on its way to the upstream. */
  private isReleased = false;

  constructor(connection: UpstreamConnection, timeouts: TunnelTimeouts, watcher: TunnelWatcher) {
    this.connection = connection;
    this.timeouts = timeouts;
    this.watcher = watcher;
    this.awaitBytes();
  }

  write(chunk: Buffer): boolean {
    this.connection.writeBytes(chunk);
    this.awaitBytes();
    return !this.connection.isBacklogged;
  }

  destroy(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.watcher.released();
    if (!this.connection.isBacklogged) {
      this.connection.close();
      return;
    }
    // An upstream that waits for its own bytes to be taken would never take the rest of ours.
    this.connection.resumeReading();
    this.connection.deadline.set(this.timeouts.sendTimeoutMs);
  }

  resume(): void {
    if (this.isReleased) return;
    this.isPaused = false;
    this.awaitBytes();
    this.connection.resumeReading();
  }

  handshaking(): void {}

  connected(): void {}

  received(chunk: Buffer): boolean {
    if (this.isReleased) return true;
    this.isPaused = this.onData?.(chunk) === false;
    // Whoever took the bytes may have ended it all.
    if (!this.isReleased) this.awaitBytes();
    return !this.isPaused;
  }

  drained(): void {
    if (this.isReleased) {
      this.connection.close();
      return;
    }
    this.awaitBytes();
    this.onDrain?.();
  }

  ended(): void {
    this.onEnd?.();
  }

  failed(error: NodeJS.ErrnoException): void {
    this.giveUp(brokenConnectionError(error));
  }

  timedOut(): void {
    this.giveUp(timeoutError("proxying upgraded connection"));
  }

  private giveUp(error: UpstreamError): void {
    if (!this.isReleased) this.watcher.failed(error);
    this.onEnd?.();
    this.destroy();
    this.connection.close();
  }

  /** nginx: each byte either way starts all times anew, and an upstream that is not being read has no time to keep but that for taking. */
  private awaitBytes(): void {
    const { deadline, isBacklogged } = this.connection;
    const { idleTimeoutMs, sendTimeoutMs } = this.timeouts;
    if (isBacklogged) deadline.set(this.isPaused ? sendTimeoutMs : Math.min(idleTimeoutMs, sendTimeoutMs));
    else if (this.isPaused) deadline.clear();
    else deadline.set(idleTimeoutMs);
  }
}
