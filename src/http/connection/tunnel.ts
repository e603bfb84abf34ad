/**
 * Raw bytes both ways between a client and an upstream after a 101 (nginx: ngx_http_upstream_process_upgraded). The end of either side ends both:
 * there is no half-closed tunnel. What waits in memory for one side is at most one read of the other beyond the socket's high-water mark.
 */

import type { Socket } from "node:net";
import type { Deadline, Deadlines } from "../../net/deadlines.ts";
import type { TunnelEnd } from "../exchange.ts";
import type { RequestContext } from "../request-context.ts";
import { logRequestError } from "../request-log.ts";

export interface TunnelOwner {
  countSent(bytes: number, bodyBytes: number): void;
  /** The client has not taken what was sent to it; `tunnelEnded` follows. */
  tunnelTimedOut(): void;
  /** No byte passes any more; the client's socket closes by itself. Called once. */
  tunnelEnded(): void;
}

/** Takes the client's socket over. `early` is what the client sent behind its request. */
export function startTunnel(
  r: RequestContext,
  client: Socket,
  upstream: TunnelEnd,
  early: Buffer | undefined,
  deadlines: Deadlines,
  owner: TunnelOwner,
): void {
  new Tunnel(r, client, upstream, deadlines, owner).start(early);
}

class Tunnel {
  private readonly r: RequestContext;
  private readonly client: Socket;
  private readonly upstream: TunnelEnd;
  private readonly owner: TunnelOwner;
  /** For the client to take what waits for it, and to close. */
  private readonly deadline: Deadline;
  private isOver = false;

  constructor(r: RequestContext, client: Socket, upstream: TunnelEnd, deadlines: Deadlines, owner: TunnelOwner) {
    this.r = r;
    this.client = client;
    this.upstream = upstream;
    this.owner = owner;
    this.deadline = deadlines.create(() => this.expired());
  }

  start(early: Buffer | undefined): void {
    const { client, upstream } = this;
    for (const event of ["data", "end", "drain"]) client.removeAllListeners(event);
    client.on("data", (chunk) => this.fromClient(chunk));
    client.on("drain", () => this.clientDrained());
    client.on("end", () => this.clientEnded());
    client.on("close", () => this.clientClosed());
    upstream.onData = (chunk) => this.fromUpstream(chunk);
    upstream.onDrain = () => client.resume();
    upstream.onEnd = () => this.finish();
    client.resume();
    if (early !== undefined) this.fromClient(early);
    if (client.readableEnded) this.finish();
  }

  private fromClient(chunk: Buffer): void {
    if (this.isOver) return;
    if (!this.upstream.write(chunk)) this.client.pause();
    // nginx: a byte either way starts the time for the other one anew.
    if (this.client.writableNeedDrain) this.deadline.set(this.r.location.settings.sendTimeoutMs);
  }

  private fromUpstream(chunk: Buffer): boolean {
    this.owner.countSent(chunk.length, chunk.length);
    // The chunk is good for this call only, and the socket may hold on to it.
    if (this.client.write(Buffer.from(chunk))) return true;
    this.deadline.set(this.r.location.settings.sendTimeoutMs);
    return false;
  }

  private clientDrained(): void {
    if (this.isOver) return;
    this.deadline.clear();
    this.upstream.resume();
  }

  private clientEnded(): void {
    this.finish();
    this.client.destroySoon();
  }

  private clientClosed(): void {
    this.finish();
    this.deadline.remove();
  }

  private expired(): void {
    if (!this.isOver) {
      logRequestError(this.r, "info", "client timed out (110: Connection timed out) while proxying upgraded connection");
      this.owner.tunnelTimedOut();
      this.finish();
    }
    this.client.destroy();
  }

  private finish(): void {
    if (this.isOver) return;
    this.isOver = true;
    const { upstream, client } = this;
    upstream.onData = undefined;
    upstream.onEnd = undefined;
    upstream.onDrain = undefined;
    upstream.destroy();
    this.owner.tunnelEnded();
    if (!client.destroyed) this.closeClient();
  }

  /** What the client is sending meanwhile is thrown away: closing at once would reset the connection, and take from it what it has not read. */
  private closeClient(): void {
    const { client } = this;
    const { lingeringClose, lingeringTimeoutMs, sendTimeoutMs } = this.r.location.settings;
    const isUnread = client.writableLength > 0;
    if (lingeringClose === "off") {
      client.destroySoon();
      if (isUnread) this.deadline.set(sendTimeoutMs);
      return;
    }
    client.end();
    client.resume();
    this.deadline.set(isUnread ? sendTimeoutMs : lingeringTimeoutMs);
  }
}
