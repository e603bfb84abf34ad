/** One request on an HTTP/1.x connection: its body in, its answer out. */

import type { Socket } from "node:net";
import type { ConnectionInfo } from "../connection-info.ts";
import { specialResponse } from "../core/special-response.ts";
import type { Exchange, TunnelEnd } from "../exchange.ts";
import type { RequestHead } from "../message/request-head.ts";
import { NO_REQUEST_BODY } from "../no-request-body.ts";
import type { RequestBody } from "../request-body.ts";
import { RequestContext } from "../request-context.ts";
import { logRequestError } from "../request-log.ts";
import { type BodyStream, isBodyStream, type Response } from "../response.ts";
import { runLogHandlers } from "../run-log-handlers.ts";
import { earlyHintsText } from "./early-hints-text.ts";
import type { ExchangeOwner } from "./exchange-owner.ts";
import { connectionField, keepsAlive } from "./keep-alive.ts";
import { type BodyOwner, RequestBodyReader } from "./request-body-reader.ts";
import { type BodyFraming, responseFraming } from "./response-framing.ts";
import { renderResponseHead } from "./response-head-text.ts";
import { ResponseSink, type ResponseSinkOwner } from "./response-sink.ts";
import { startTunnel, type TunnelOwner } from "./tunnel.ts";
import { writeWholeBody } from "./write-whole-body.ts";

/** An answer counts as sent when less than this waits in the socket; the next pipelined request may then be served. */
const UNSENT_BYTES_MAX = 65_536;
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

export class Http1Exchange implements Exchange, BodyOwner, ResponseSinkOwner, TunnelOwner {
  connection: ConnectionInfo;
  readonly body: RequestBody;
  readonly reader: RequestBodyReader | undefined;
  readonly r: RequestContext;
  onGone: (() => void) | undefined = undefined;
  gone = false;
  keepAlive = true;
  isTunnel = false;
  /** The client was too slow, or is to be treated so (nginx: `return 444`). */
  isTimedOut = false;
  private readonly owner: ExchangeOwner;
  private readonly socket: Socket;
  private stream: BodyStream | undefined = undefined;
  private isWaitingForDrain = false;
  private isFinished = false;
  private hasSaidContinue = false;

  /** `bodyBytes`: declared length; 0: none; -1: chunked. */
  constructor(owner: ExchangeOwner, head: RequestHead, bodyBytes: number, startedAtMs: number) {
    this.owner = owner;
    this.socket = owner.socket;
    this.connection = owner.info;
    this.reader = bodyBytes === 0 && head.contentLength === undefined ? undefined : new RequestBodyReader(this, bodyBytes);
    this.body = this.reader ?? NO_REQUEST_BODY;
    this.r = new RequestContext(this, head, owner.host.hosts.defaultServer, startedAtMs);
  }

  // ---- the request's body

  startBody(): void {
    this.sayContinue();
    this.resumeReading();
  }

  pauseReading(): void {
    this.owner.pauseReading();
  }

  resumeReading(): void {
    this.owner.feedKeptInput();
    if (this.reader?.wantsBytes !== true) return;
    if (this.owner.clientEnded) this.clientGone();
    else this.owner.deadline.set(this.r.location.settings.bodyTimeoutMs);
    this.owner.resumeReading();
  }

  /** Body bytes have been read: the client's time for the next ones starts anew, unless they are not wanted yet. */
  bodyAdvanced(): void {
    if (this.reader?.wantsBytes === true) this.owner.deadline.set(this.r.location.settings.bodyTimeoutMs);
    else if (this.stream === undefined && !this.isWaitingForDrain) this.owner.deadline.clear();
    // A body that breaks its framing while its answer is on the way: no page can say so any more.
    else if (this.reader?.isComplete === false && this.reader.failedStatus !== 0) this.clientGone();
  }

  /** The client waits for leave to send its body. */
  private sayContinue(): void {
    if (!this.r.head.expectContinue || this.hasSaidContinue || this.reader?.received !== 0 || this.gone) return;
    this.hasSaidContinue = true;
    this.writeText(CONTINUE, 0);
  }

  // ---- the answer

  sendEarlyHints(fields: readonly string[]): void {
    if (!this.gone) this.writeText(earlyHintsText(fields), 0);
  }

  send(r: RequestContext, response: Response): void {
    if (this.gone) {
      if (isBodyStream(response.body)) response.body.abort();
      this.finish(false);
      return;
    }
    if (this.reader !== undefined && !this.reader.isComplete && !this.skipsBody(this.reader, response)) {
      this.sendRefusal(r, response);
      return;
    }
    const framing = responseFraming(r, response);
    this.keepAlive =
      this.keepAlive &&
      framing !== "close" &&
      !response.closesConnection &&
      !this.owner.host.isDraining &&
      (!this.owner.clientEnded || this.owner.hasInput) &&
      keepsAlive(r);
    const head = r.head.version === 9 ? "" : renderResponseHead(r, response, framing, connectionField(r, this.keepAlive));
    this.write(response, framing, head);
  }

  /** A body nobody asked for is read as far as it is here: false when it breaks the rules of its framing. */
  private skipsBody(reader: RequestBodyReader, response: Response): boolean {
    // An upstream that answers early may still be reading.
    if (reader.failedStatus !== 0 || reader.isStreaming) return true;
    // nginx: a client that waits for leave to send gets it here too, but not for an error.
    if (!response.isErrorPage && !this.r.isErrorPage) this.sayContinue();
    reader.discard();
    this.owner.feedKeptInput();
    return reader.failedStatus === 0;
  }

  /** nginx: what is wrong with a request's body is found before its answer is sent, also where the body is thrown away. */
  private sendRefusal(r: RequestContext, response: Response): void {
    if (isBodyStream(response.body)) response.body.abort();
    response.onDone?.();
    const refusal = specialResponse(r, 400);
    r.response = refusal;
    r.status = 400;
    this.send(r, refusal);
  }

  drop(r: RequestContext): void {
    if (r.status === 444) this.isTimedOut = true;
    this.keepAlive = false;
    this.finish(false);
  }

  tunnel(r: RequestContext, response: Response, upstream: TunnelEnd): void {
    if (this.gone) {
      upstream.destroy();
      this.finish(false);
      return;
    }
    this.isTunnel = true;
    this.keepAlive = false;
    this.owner.deadline.clear();
    this.writeText(renderResponseHead(r, response, "none", "Connection: upgrade\r\n"), 0);
    startTunnel(r, this.socket, upstream, this.owner.takeInput(), this.owner.host.deadlines, this);
  }

  /** The listener is going away: what has not been told that it may go on is not. */
  drain(): void {
    const { idleGraceMs } = this.owner.host;
    if (idleGraceMs === 0 && this.r.location.settings.keepaliveMinTimeoutMs === 0) this.keepAlive = false;
  }

  tunnelTimedOut(): void {
    this.isTimedOut = true;
  }

  tunnelEnded(): void {
    this.finish(true);
  }

  countSent(bytes: number, bodyBytes: number): void {
    this.r.bytesSent += bytes;
    this.r.bodyBytesSent += bodyBytes;
  }

  sendBlocked(): void {
    this.owner.deadline.set(this.r.location.settings.sendTimeoutMs);
    // Node tells of a drain only past its high-water mark, and less than that may be all that waits: an empty write ends behind it.
    if (!this.socket.writableNeedDrain) this.socket.write("", () => this.flushed());
  }

  bodyEnded(isWhole: boolean, error: Error | undefined): void {
    this.stream = undefined;
    if (isWhole) {
      this.written();
      return;
    }
    if (error !== undefined && !this.gone) logRequestError(this.r, "info", `answer cut short: ${error.message}`);
    this.keepAlive = false;
    this.finish(false);
  }

  // ---- what happens to the connection meanwhile

  /** The socket has room again. */
  drained(): void {
    if (this.isFinished) return;
    if (this.reader?.wantsBytes !== true) this.owner.deadline.clear();
    else this.owner.deadline.set(this.r.location.settings.bodyTimeoutMs);
    if (this.isWaitingForDrain) this.finish(true);
    else this.stream?.resume();
  }

  /** Something written later tells of its own end. */
  private flushed(): void {
    if (this.socket.writableLength === 0) this.drained();
  }

  /** A client that closed its side still gets an answer that needs nothing more of it; one that an upstream works for does not, as in nginx. */
  clientEndsSending(): void {
    const wantsMore = this.reader !== undefined && !this.reader.isComplete && this.reader.wantsBytes;
    if (this.onGone !== undefined || wantsMore) this.clientGone();
    else if (!this.owner.hasInput) this.keepAlive = false;
  }

  /** The client closed, or its connection failed, before the answer was wholly written. */
  clientGone(): void {
    if (this.gone || this.isFinished) return;
    this.gone = true;
    this.keepAlive = false;
    if (this.reader?.wantsBytes === true) logRequestError(this.r, "info", "client prematurely closed connection");
    this.reader?.refuse(400);
    const { onGone, stream } = this;
    this.onGone = undefined;
    onGone?.();
    if (stream === undefined && !this.isWaitingForDrain) return;
    stream?.abort();
    this.finish(false);
  }

  /** The client took too long to send its body or to take the answer. */
  expired(): void {
    this.isTimedOut = true;
    if (this.stream !== undefined || this.isWaitingForDrain) {
      logRequestError(this.r, "info", "client timed out (110: Connection timed out) while sending response to client");
      this.clientGone();
    } else {
      logRequestError(this.r, "info", "client timed out (110: Connection timed out) while reading client request body");
      this.reader?.refuse(408);
    }
  }

  private write(response: Response, framing: BodyFraming, head: string): void {
    const { body } = response;
    if (framing === "none" || body === undefined) {
      if (isBodyStream(body)) body.abort();
      this.writeText(head, 0);
    } else if (isBodyStream(body)) {
      const sink = new ResponseSink(this, this.socket, response, framing, head);
      this.stream = body;
      body.start(sink);
      sink.started(body.startsSoon === true);
      return;
    } else {
      const bytes = writeWholeBody(this.socket, head, body, framing, response.trailers);
      this.countSent(bytes, bytes - head.length);
    }
    this.written();
  }

  private writeText(text: string, bodyBytes: number): void {
    this.socket.write(text, "latin1");
    this.countSent(text.length, bodyBytes);
  }

  /** All is handed to the socket: done now, or when the client has taken enough of it. */
  private written(): void {
    if (this.socket.writableLength < UNSENT_BYTES_MAX) {
      this.finish(true);
      return;
    }
    this.isWaitingForDrain = true;
    this.sendBlocked();
  }

  private finish(isComplete: boolean): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.isWaitingForDrain = false;
    this.onGone = undefined;
    const { r } = this;
    r.isComplete = isComplete;
    runLogHandlers(r);
    r.response?.onDone?.();
    this.reader?.release();
    this.owner.exchangeFinished(this, isComplete);
  }
}
