/** One client's HTTP/2 connection: every stream is a request. Source: RFC 9113, nginx ngx_http_v2_module. */

import type { ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { ConnectionCount } from "../../../net/connection-figures.ts";
import type { Deadline } from "../../../net/deadlines.ts";
import { END_STREAM_FLAG, http2Code } from "../../../net/http2-code.ts";
import { http2Library } from "../../../net/http2-library.ts";
import type { ConnectionInfo } from "../../connection-info.ts";
import type { LocationSettings } from "../../core/location-settings.ts";
import { handleRequest, refuseRequest } from "../../handle-request.ts";
import { HeadRefusal } from "../../message/head-refusal.ts";
import type { ConnectionHost } from "../connection-host.ts";
import type { OpenConnection } from "../open-connection.ts";
import { logOpeningError } from "../opening-log.ts";
import { refusedHead } from "../refused-head.ts";
import type { FrameFault } from "./frame-sizes.ts";
import { type GuardOwner, guardFrames, needsGuard } from "./guard-frames.ts";
import { Http2Exchange, type Http2ExchangeOwner } from "./http2-exchange.ts";
import { readStreamHead } from "./read-stream-head.ts";
import { ResetBudget } from "./reset-budget.ts";
import { sayFaults } from "./say-faults.ts";
import { CONNECTION_WINDOW_BYTES, sessionOptions } from "./session-options.ts";
import { TrafficMeter } from "./traffic-meter.ts";

const NEEDS_GUARD = needsGuard(process.versions["nghttp2"] ?? "0");
/** How often a connection's traffic is weighed, while something comes and while nothing does. */
const BUSY_LOOK_MS = 1000;
const QUIET_LOOK_MS = 5000;
/** A client that does not close after our GOAWAY, or take the end of what was sent, is cut after nginx's default lingering_timeout. */
const CLOSE_TIMEOUT_MS = 5000;

export class Http2Connection implements OpenConnection, Http2ExchangeOwner, GuardOwner {
  readonly host: ConnectionHost;
  private readonly socket: Socket;
  readonly info: ConnectionInfo;
  private readonly session: ServerHttp2Session;
  private readonly deadline: Deadline;
  private readonly exchanges = new Set<Http2Exchange>();
  private readonly resets: ResetBudget;
  private readonly meter = new TrafficMeter();
  private readonly onClosed: (connection: Http2Connection) => void;
  /** When a connection without streams has waited long enough, in milliseconds of performance.now(). */
  private idleUntilMs: number;
  /** Until then neither want of room nor the end of the process closes it (`keepalive_min_timeout`). */
  private protectedUntilMs = 0;
  private isClosing = false;

  constructor(socket: Socket, host: ConnectionHost, info: ConnectionInfo, onClosed: (connection: Http2Connection) => void) {
    const now = performance.now();
    this.host = host;
    this.socket = socket;
    this.info = info;
    this.onClosed = onClosed;
    this.resets = new ResetBudget(now);
    this.idleUntilMs = now + host.hosts.defaultServer.connection.headerTimeoutMs;
    this.deadline = host.deadlines.create(() => this.look());
    // Node.js closes the session when its socket fails; without a listener of ours the failure would end the process (CVE-2025-59465).
    socket.on("error", () => socket.destroy());
    socket.on("end", () => this.destroy());
    socket.on("close", () => this.socketClosed());
    const stream = NEEDS_GUARD ? guardFrames(socket, this) : socket;
    this.session = http2Library().performServerHandshake(stream, sessionOptions(host));
    // Node.js waits for the end of a handshake as a TLS server tells it; this socket has none, and its handshake is over.
    if (this.session.connecting) socket.emit("secureConnect");
    sayFaults(this.session);
    this.session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    // Types of Node 20 leave out the last one: names and values as they came.
    this.session.on("stream", (stream: ServerHttp2Stream, _headers: object, flags: number, fields: readonly string[]) =>
      this.open(stream, flags, fields),
    );
    this.session.on("error", (error) => this.failed(error));
    this.lookBy(this.idleUntilMs);
  }

  /** Streams under way are finished, and no others begin (QUIT, reload). */
  drain(): void {
    const now = performance.now();
    const stayMs = Math.max(this.host.idleGraceMs, this.protectedUntilMs - now);
    if (this.exchanges.size > 0 || stayMs <= 0) {
      this.close();
      return;
    }
    this.idleUntilMs = now + stayMs;
    this.lookBy(this.idleUntilMs);
  }

  closeIfIdle(): boolean {
    if (this.isClosing || this.exchanges.size > 0 || performance.now() < this.protectedUntilMs) return false;
    this.close();
    return true;
  }

  countIn(count: ConnectionCount): void {
    if (this.exchanges.size === 0) count.waiting++;
    else count.writing += this.exchanges.size;
  }

  destroy(): void {
    this.socket.destroy();
  }

  // ---- requests

  private open(stream: ServerHttp2Stream, flags: number, fields: readonly string[]): void {
    // What went wrong with a stream shows when it closes.
    stream.on("error", ignoreStreamError);
    this.info.requests++;
    if (stream.destroyed) {
      this.countReset();
      return;
    }
    const head = readStreamHead(fields, this.host.headLimits, this.host.headRules);
    const isRefused = head instanceof HeadRefusal;
    this.countPayload(headBytes(fields));
    const content = {
      isEnded: (flags & END_STREAM_FLAG) !== 0,
      bytes: isRefused ? 0 : head.framing.kind === "length" ? head.framing.bytes : -1,
    };
    const exchange = new Http2Exchange(this, stream, { ...this.info }, isRefused ? refusedHead(head) : head, content);
    this.exchanges.add(exchange);
    if (isRefused) refuseRequest(exchange.r, this.host.hosts, head);
    else handleRequest(exchange.r, this.host.hosts);
    if (this.host.isDraining || this.isSpent()) this.close();
  }

  /** nginx: keepalive_requests and keepalive_time of the address's default server. */
  private isSpent(): boolean {
    const { keepaliveRequests, keepaliveTimeMs } = this.settings;
    return this.info.requests >= keepaliveRequests || performance.now() - this.info.openedAtMs > keepaliveTimeMs;
  }

  private get settings(): LocationSettings {
    return this.host.hosts.defaultServer.rootLocation.settings;
  }

  // ---- what an exchange asks for

  wakeBy(atMs: number): void {
    this.lookBy(atMs);
  }

  countPayload(bytes: number): void {
    this.meter.payloadBytes += bytes;
  }

  exchangeClosed(exchange: Http2Exchange, isOurs: boolean): void {
    this.exchanges.delete(exchange);
    if (!isOurs) this.countReset();
    if (this.exchanges.size > 0 || this.isClosing) {
      if (this.isClosing) this.cutLater();
      return;
    }
    const { keepaliveTimeoutMs, keepaliveMinTimeoutMs } = exchange.r.location.settings;
    if (keepaliveTimeoutMs === 0) {
      this.close();
      return;
    }
    const now = performance.now();
    if (keepaliveMinTimeoutMs > 0) this.protectedUntilMs = now + Math.min(keepaliveMinTimeoutMs, keepaliveTimeoutMs);
    this.idleUntilMs = now + (this.host.isDraining ? this.host.idleGraceMs : keepaliveTimeoutMs);
    this.lookBy(this.idleUntilMs);
  }

  // ---- what happens to the connection

  private countReset(): void {
    if (!this.resets.spend(performance.now())) this.calm("client reset too many streams");
  }

  /** Looks after what is late; the only timer of the connection and of all its streams. */
  private look(): void {
    const now = performance.now();
    const readBytes = this.socket.bytesRead;
    const next = now + (this.meter.hasMoved(readBytes) ? BUSY_LOOK_MS : QUIET_LOOK_MS);
    if (this.isClosing && this.exchanges.size === 0) {
      this.socket.destroy();
    } else if (!this.meter.isHonest(readBytes)) {
      this.calm("http2 flood detected");
    } else if (this.exchanges.size === 0 && now >= this.idleUntilMs) {
      this.close();
    } else {
      this.deadline.set(this.nextLookMs(now, next));
    }
  }

  /** Milliseconds until something may be late; what is late already is told of it. */
  private nextLookMs(now: number, latest: number): number {
    let next = this.exchanges.size === 0 ? Math.min(latest, this.idleUntilMs) : latest;
    for (const exchange of this.exchanges) {
      if (exchange.expiresAtMs <= now) exchange.expired();
      if (exchange.expiresAtMs < next) next = exchange.expiresAtMs;
    }
    return Math.max(1, next - now);
  }

  private lookBy(atMs: number): void {
    if (atMs < this.deadline.at) this.deadline.set(Math.max(1, Math.min(atMs - performance.now(), QUIET_LOOK_MS)));
  }

  /** GOAWAY: streams under way are finished, and the connection ends with the last of them. */
  private close(): void {
    if (this.isClosing) return;
    this.isClosing = true;
    this.session.close();
    this.cutLater();
  }

  private cutLater(): void {
    if (this.exchanges.size === 0) this.deadline.set(CLOSE_TIMEOUT_MS);
  }

  /** Nothing a client with honest aims does: the connection ends at once. */
  private calm(reason: string): void {
    this.end(reason, http2Code.enhanceYourCalm);
  }

  private end(reason: string, code: number): void {
    if (!this.session.destroyed) this.session.destroy(new Error(reason), code);
  }

  unsound(fault: FrameFault): void {
    if (fault === "length") this.end("client sent a frame of a wrong size", http2Code.frameSizeError);
    else this.end("client sent a frame with too much padding", http2Code.protocolError);
  }

  /** Where Node.js knows of it, it ends the session in this turn, for its own reason. */
  saidFault(): void {
    setImmediate(() => this.end("client broke a rule of HTTP/2", http2Code.protocolError));
  }

  /** GOAWAY has been sent, and Node.js is closing the connection. */
  private failed(error: Error): void {
    this.isClosing = true;
    logOpeningError(this.host, this.info, "info", `${error.message}, closing HTTP/2 connection`);
    this.deadline.set(CLOSE_TIMEOUT_MS);
  }

  private socketClosed(): void {
    this.deadline.remove();
    this.session.destroy();
    this.onClosed(this);
  }
}

function ignoreStreamError(): void {}

function headBytes(fields: readonly string[]): number {
  let bytes = 0;
  for (const text of fields) bytes += text.length;
  return bytes;
}
