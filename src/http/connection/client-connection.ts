/** One client's HTTP/1.x connection: finds heads in its bytes and serves the requests one at a time. Source: RFC 9112 section 9. */

import type { Socket } from "node:net";
import type { ConnectionCount } from "../../net/connection-figures.ts";
import type { Deadline } from "../../net/deadlines.ts";
import type { ConnectionInfo } from "../connection-info.ts";
import type { LocationSettings } from "../core/location-settings.ts";
import { handleRequest, refuseRequest } from "../handle-request.ts";
import { HeadRefusal } from "../message/head-refusal.ts";
import type { RequestHead } from "../message/request-head.ts";
import type { ConnectionHost } from "./connection-host.ts";
import { ConnectionInput } from "./connection-input.ts";
import { type ConnectionState, countState } from "./connection-state.ts";
import type { ExchangeOwner } from "./exchange-owner.ts";
import { HeadReader } from "./head-reader.ts";
import { Http1Exchange } from "./http1-exchange.ts";
import { IdleTime } from "./idle-time.ts";
import { Lingering } from "./lingering.ts";
import type { OpenConnection } from "./open-connection.ts";
import { refusedHead } from "./refused-head.ts";
import { resetSocket } from "./reset-socket.ts";

/** A client that has not taken the end of its last answer when its idle connection is closed is cut after nginx's default send_timeout. */
const UNREAD_ANSWER_TIMEOUT_MS = 60_000;

export class ClientConnection implements ExchangeOwner, OpenConnection {
  readonly socket: Socket;
  readonly deadline: Deadline;
  readonly info: ConnectionInfo;
  readonly host: ConnectionHost;
  clientEnded = false;
  private state: ConnectionState = "idle";
  private exchange: Http1Exchange | undefined = undefined;
  private readonly input: ConnectionInput;
  private readonly heads: HeadReader;
  private readonly idleTime: IdleTime;
  private readonly wire: Socket;
  private isServing = false;
  private lingering: Lingering | undefined = undefined;
  private readonly onClosed: (connection: ClientConnection) => void;

  /** `wire`: the socket below TLS; without TLS the same one. */
  constructor(socket: Socket, wire: Socket, host: ConnectionHost, info: ConnectionInfo, onClosed: (connection: ClientConnection) => void) {
    this.socket = socket;
    this.wire = wire;
    this.host = host;
    this.info = info;
    this.onClosed = onClosed;
    this.input = new ConnectionInput(socket);
    this.heads = new HeadReader(host, info.openedAtMs);
    this.deadline = host.deadlines.create(() => this.expire());
    this.idleTime = new IdleTime(this.deadline, host);
    this.deadline.set(host.hosts.defaultServer.connection.headerTimeoutMs);
    socket.on("data", (chunk) => this.receive(chunk));
    socket.on("end", () => this.clientEnds());
    socket.on("drain", () => this.exchange?.drained());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.socketClosed());
  }

  /** An idle connection closes at once or after the grace, a busy one after its answer (QUIT, reload). */
  drain(): void {
    if (this.state !== "idle") this.exchange?.drain();
    else if (!this.idleTime.drain()) this.close();
  }

  destroy(): void {
    this.socket.destroy();
  }

  countIn(count: ConnectionCount): void {
    countState(this.state, count);
  }

  closeIfIdle(): boolean {
    if (this.state !== "idle" || !this.idleTime.mayEnd) return false;
    this.close();
    return true;
  }

  close(): void {
    if (this.state === "closed") return;
    this.state = "closed";
    if (this.socket.writableLength > 0) this.deadline.set(this.exchange?.r.location.settings.sendTimeoutMs ?? UNREAD_ANSWER_TIMEOUT_MS);
    this.socket.destroySoon();
  }

  // ---- bytes in

  private receive(chunk: Buffer): void {
    if (this.state === "idle") {
      this.heads.startedAtMs = performance.now();
      this.state = "head";
      this.input.bytes = chunk;
      this.serveInput();
    } else if (this.state === "head") {
      if (this.heads.isWorthReading(chunk, this.input.append(chunk).length)) this.serveInput();
    } else if (this.state === "busy" || this.state === "draining") {
      if (this.exchange?.reader?.wantsBytes === true && this.input.bytes === undefined) this.feedBody(chunk);
      else this.input.keep(chunk);
    } else if (this.state === "lingering") {
      this.lingerOn();
    }
  }

  /** Serves the requests that are whole in the input, one after the other; answers to pipelined ones leave together. */
  private serveInput(): void {
    if (this.isServing) return;
    this.isServing = true;
    let isCorked = false;
    while (this.state === "head" && this.input.bytes !== undefined && this.readHead(this.input.bytes)) {
      if (this.input.bytes !== undefined && !isCorked) {
        isCorked = true;
        this.socket.cork();
      }
    }
    this.isServing = false;
    if (isCorked) this.socket.uncork();
  }

  /** Takes one head from the input and serves it. False when it is not whole yet. */
  private readHead(input: Buffer): boolean {
    const head = this.heads.read(input);
    if (head === undefined) {
      if (this.clientEnded) this.abandonHead(400, "client prematurely closed connection");
      else this.deadline.set(this.heads.remainingMs);
      return false;
    }
    this.deadline.clear();
    this.info.requests++;
    this.state = "busy";
    if (head instanceof HeadRefusal) {
      this.input.bytes = undefined;
      const exchange = this.open(refusedHead(head), 0);
      exchange.keepAlive = false;
      refuseRequest(exchange.r, this.host.hosts, head);
      return true;
    }
    this.input.bytes = head.end < input.length ? input.subarray(head.end) : undefined;
    const { framing } = head;
    const exchange = this.open(head, framing.kind === "none" ? 0 : framing.kind === "length" ? framing.bytes : -1);
    handleRequest(exchange.r, this.host.hosts);
    return true;
  }

  private open(head: RequestHead, bodyBytes: number): Http1Exchange {
    this.exchange = new Http1Exchange(this, head, bodyBytes, this.heads.startedAtMs);
    return this.exchange;
  }

  // ---- what an exchange asks for

  get hasInput(): boolean {
    return this.input.bytes !== undefined;
  }

  feedKeptInput(): void {
    while (this.exchange?.reader?.wantsBytes === true) {
      const kept = this.input.take();
      if (kept === undefined) return;
      this.feedBody(kept);
      if (this.input.bytes?.length === kept.length) return;
    }
  }

  private feedBody(chunk: Buffer): void {
    const exchange = this.exchange as Http1Exchange;
    const reader = exchange.reader;
    if (reader === undefined) return;
    const consumed = reader.feed(chunk);
    if (consumed < chunk.length) this.input.bytes = chunk.subarray(consumed);
    if (this.state !== "draining") exchange.bodyAdvanced();
    else if (reader.isComplete) this.nextRequest(exchange.r.location.settings);
    else if (reader.failedStatus === 0) this.lingerOn();
    else this.close();
  }

  takeInput(): Buffer | undefined {
    return this.input.take();
  }

  pauseReading(): void {
    this.input.pause();
  }

  resumeReading(): void {
    this.input.resume();
  }

  exchangeFinished(exchange: Http1Exchange, isComplete: boolean): void {
    if (this.state === "closed") return;
    const { settings } = exchange.r.location;
    const unreadBody = exchange.reader !== undefined && !exchange.reader.isComplete;
    if (exchange.isTimedOut && settings.resetsTimedOut) {
      this.state = "closed";
      resetSocket(this.socket, this.wire);
    } else if (exchange.isTunnel) {
      this.state = "closed";
    } else if (exchange.gone || !isComplete) {
      // What was written goes out, and the connection ends where the client can tell.
      this.close();
      if (exchange.gone) this.socket.destroy();
    } else if (!exchange.keepAlive) {
      this.linger(settings, unreadBody || this.input.bytes !== undefined);
    } else if (unreadBody) {
      this.drainBody(exchange, settings);
    } else {
      this.nextRequest(settings);
    }
  }

  /** The rest of a body that nobody wanted is read, within limits, so that the client's next request is found. */
  private drainBody(exchange: Http1Exchange, settings: LocationSettings): void {
    this.state = "draining";
    exchange.reader?.discard();
    this.lingering = new Lingering(this.deadline, settings);
    this.feedKeptInput();
    if (this.clientEnded && exchange.reader?.isComplete !== true) this.close();
    this.input.resume();
  }

  private nextRequest(settings: LocationSettings): void {
    this.exchange = undefined;
    this.info.isPipelined = this.input.bytes !== undefined;
    if (this.input.bytes !== undefined) {
      this.state = "head";
      this.heads.startedAtMs = performance.now();
      if (!this.isServing) queueMicrotask(() => this.serveInput());
    } else {
      this.state = "idle";
      if (this.clientEnded || !this.idleTime.begin(settings)) this.close();
    }
    this.input.resume();
  }

  // ---- the end

  private lingerOn(): void {
    if (this.lingering?.goOn() !== true) this.close();
  }

  /** Closes after the last answer; a client that may still be sending gets the time to read it (a reset would throw it away). */
  private linger(settings: LocationSettings, hasUnread: boolean): void {
    this.input.bytes = undefined;
    if (this.clientEnded || settings.lingeringClose === "off" || (settings.lingeringClose === "on" && !hasUnread)) {
      this.close();
      return;
    }
    this.state = "lingering";
    this.lingering = new Lingering(this.deadline, settings);
    this.socket.end();
    this.input.resume();
  }

  private clientEnds(): void {
    this.clientEnded = true;
    if (this.state === "head") this.abandonHead(400, "client prematurely closed connection");
    else if (this.state === "busy") this.exchange?.clientEndsSending();
    else this.close();
  }

  /** A head that never became whole: logged, not answered, as nginx does. */
  private abandonHead(status: number, reason: string): void {
    this.info.requests++;
    this.state = "busy";
    const refusal = this.heads.abandoned(this.input.bytes, status, reason);
    const exchange = this.open(refusedHead(refusal), 0);
    exchange.gone = true;
    exchange.isTimedOut = status === 408;
    refuseRequest(exchange.r, this.host.hosts, refusal);
  }

  private expire(): void {
    switch (this.state) {
      case "head":
        this.abandonHead(408, "client timed out (110: Connection timed out)");
        return;
      case "busy":
        this.exchange?.expired();
        return;
      case "closed":
        this.socket.destroy();
        return;
      default:
        this.close();
    }
  }

  private socketClosed(): void {
    this.state = "closed";
    this.deadline.remove();
    this.exchange?.clientGone();
    this.input.bytes = undefined;
    this.onClosed(this);
  }
}
