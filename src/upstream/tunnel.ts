/** An upgraded connection: raw bytes both ways after a 101 (nginx: ngx_http_upstream_upgrade). */

import type { Exchange, TunnelEnd } from "../http/exchange.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Response } from "../http/response.ts";
import type { AttemptTimeouts } from "./attempt-listener.ts";
import type { ConnectionOwner, UpstreamConnection } from "./upstream-connection.ts";

/** Hands both ends to the exchange. `early` came behind the 101's head; `released` is called once when the upstream's end is closed. */
export function startTunnel(
  r: RequestContext,
  exchange: Exchange,
  response: Response,
  connection: UpstreamConnection,
  early: Buffer,
  timeouts: AttemptTimeouts,
  released: () => void,
): void {
  const end = new UpstreamTunnelEnd(connection, timeouts.readTimeoutMs, released);
  connection.owner = end;
  exchange.tunnel?.(r, response, end);
  end.deliverEarly(early);
}

class UpstreamTunnelEnd implements TunnelEnd, ConnectionOwner {
  onData: ((chunk: Buffer) => boolean) | undefined = undefined;
  onDrain: (() => void) | undefined = undefined;
  onEnd: (() => void) | undefined = undefined;
  private readonly connection: UpstreamConnection;
  private readonly idleTimeoutMs: number;
  private released: (() => void) | undefined;
  private closesWhenDrained = false;

  constructor(connection: UpstreamConnection, idleTimeoutMs: number, released: () => void) {
    this.connection = connection;
    this.idleTimeoutMs = idleTimeoutMs;
    this.released = released;
    connection.deadline.set(idleTimeoutMs);
  }

  deliverEarly(early: Buffer): void {
    if (early.length > 0) this.onData?.(Buffer.from(early));
  }

  write(chunk: Buffer): boolean {
    this.connection.deadline.set(this.idleTimeoutMs);
    this.connection.writeBytes(chunk);
    return !this.connection.isBacklogged;
  }

  end(): void {
    this.connection.endWriting();
  }

  /** What the client sent last may still be on its way: it has the idle time-out to be taken. */
  destroy(): void {
    const { released } = this;
    this.released = undefined;
    if (this.connection.isBacklogged) this.closesWhenDrained = true;
    else this.connection.close();
    released?.();
  }

  resume(): void {
    this.connection.resumeReading();
  }

  connected(): void {}

  received(chunk: Buffer): boolean {
    this.connection.deadline.set(this.idleTimeoutMs);
    // The client's socket may hold what it cannot send at once.
    return this.onData?.(Buffer.from(chunk)) ?? true;
  }

  drained(): void {
    if (this.closesWhenDrained) this.connection.close();
    else this.onDrain?.();
  }

  ended(): void {
    this.onEnd?.();
  }

  failed(): void {
    this.onEnd?.();
    this.destroy();
    this.connection.close();
  }

  timedOut(): void {
    this.onEnd?.();
    this.destroy();
    this.connection.close();
  }
}
