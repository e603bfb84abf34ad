/** One request on a stream of an HTTP/2 connection: its body in, its answer out. Source: RFC 9113 section 8, nginx ngx_http_v2_module. */

import type { ServerHttp2Stream } from "node:http2";
import { http2Code } from "../../../net/http2-code.ts";
import type { ConnectionInfo } from "../../connection-info.ts";
import type { Exchange } from "../../exchange.ts";
import type { RequestHead } from "../../message/request-head.ts";
import { NO_REQUEST_BODY } from "../../no-request-body.ts";
import type { RequestBody } from "../../request-body.ts";
import { RequestContext } from "../../request-context.ts";
import { logRequestError } from "../../request-log.ts";
import { type BodyStream, isBodyStream, type Response } from "../../response.ts";
import { runLogHandlers } from "../../run-log-handlers.ts";
import type { ConnectionHost } from "../connection-host.ts";
import { type BodyOwner, RequestBodyReader } from "../request-body-reader.ts";
import { fieldsBytes, interimFields, responseFields, trailerFields } from "./response-fields.ts";
import { StreamSink, type StreamSinkOwner } from "./stream-sink.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** RFC 9113 section 4.1. */
const FRAME_HEAD_BYTES = 9;
const FRAME_BYTES_MAX = 16_384;
const END_STREAM = { endStream: true } as const;
const WITH_TRAILERS = { waitForTrailers: true } as const;

/** The connection as its exchanges see it. */
export interface Http2ExchangeOwner {
  readonly host: ConnectionHost;
  /** An exchange has set a time-out that ends at this moment. */
  wakeBy(atMs: number): void;
  countPayload(bytes: number): void;
  /** `isOurs`: it ended as we wanted, whatever its answer was. */
  exchangeClosed(exchange: Http2Exchange, isOurs: boolean): void;
}

/** What follows a head. */
export interface RequestContent {
  /** The head ended the stream. */
  readonly isEnded: boolean;
  /** Declared length; 0: none, or none that is wanted; -1: known at its end. */
  readonly bytes: number;
}

export class Http2Exchange implements Exchange, BodyOwner, StreamSinkOwner {
  connection: ConnectionInfo;
  readonly body: RequestBody;
  readonly r: RequestContext;
  onGone: (() => void) | undefined = undefined;
  gone = false;
  /** When the client has been too slow, in milliseconds of performance.now(). */
  expiresAtMs = NEVER;
  private readonly owner: Http2ExchangeOwner;
  private readonly stream: ServerHttp2Stream;
  private readonly content: RequestContent;
  private readonly reader: RequestBodyReader | undefined;
  private source: BodyStream | undefined = undefined;
  private isReading = false;
  /** The whole answer has been handed to the stream. */
  private isSent = false;
  /** We reset the stream ourselves. */
  private isCut = false;
  private isFinished = false;
  private hasSaidContinue = false;

  constructor(
    owner: Http2ExchangeOwner,
    stream: ServerHttp2Stream,
    connection: ConnectionInfo,
    head: RequestHead,
    content: RequestContent,
  ) {
    this.owner = owner;
    this.stream = stream;
    this.connection = connection;
    this.content = content;
    const bodyBytes = content.isEnded ? 0 : content.bytes;
    this.reader = bodyBytes === 0 && head.contentLength === undefined ? undefined : new RequestBodyReader(this, bodyBytes);
    this.body = this.reader ?? NO_REQUEST_BODY;
    this.r = new RequestContext(this, head, owner.host.hosts.defaultServer, performance.now());
    stream.on("close", () => this.closed());
  }

  // ---- the request's body

  startBody(): void {
    this.sayContinue();
    if (!this.isReading) {
      this.isReading = true;
      this.stream.on("data", (chunk: Buffer) => this.receive(chunk));
      this.stream.on("end", () => this.inputEnded());
    }
    this.resumeReading();
  }

  pauseReading(): void {
    this.stream.pause();
    this.settleTime();
  }

  resumeReading(): void {
    this.stream.resume();
    this.settleTime();
  }

  private receive(chunk: Buffer): void {
    this.owner.countPayload(chunk.length);
    this.reader?.take(chunk);
    this.settleTime();
  }

  /** A stream that was reset ends as well: only an end that the client declared completes a body. */
  private inputEnded(): void {
    if (this.gone || this.stream.aborted) return;
    this.reader?.finish();
    this.settleTime();
  }

  private sayContinue(): void {
    if (!this.r.head.expectContinue || this.hasSaidContinue || this.body.received > 0 || this.isOver || this.stream.headersSent) return;
    this.hasSaidContinue = true;
    this.stream.additionalHeaders({ ":status": 100 });
  }

  // ---- the answer

  sendEarlyHints(fields: readonly string[]): void {
    if (this.isOver || this.stream.headersSent) return;
    const hints = interimFields(103, fields);
    this.countSent(FRAME_HEAD_BYTES + fieldsBytes(hints), 0);
    this.stream.additionalHeaders(hints);
  }

  send(r: RequestContext, response: Response): void {
    const { body } = response;
    if (this.isOver) {
      if (isBodyStream(body)) body.abort();
      this.finish(false);
      return;
    }
    const fields = responseFields(r, response);
    this.countSent(FRAME_HEAD_BYTES + fieldsBytes(fields), 0);
    if (isBodyless(r, response)) {
      if (isBodyStream(body)) body.abort();
      this.stream.respond(fields, END_STREAM);
      this.sent();
      return;
    }
    // An upstream's trailers show at the end of its body only.
    const mayHaveTrailers = response.trailers !== undefined || (r.upstreamHead !== undefined && isBodyStream(body));
    this.stream.respond(fields, mayHaveTrailers ? WITH_TRAILERS : undefined);
    if (mayHaveTrailers) this.stream.once("wantTrailers", () => this.sendTrailers(response));
    if (isBodyStream(body)) {
      this.source = body;
      body.start(new StreamSink(this, this.stream, response.contentLength));
      return;
    }
    const whole = body ?? "";
    this.countSent(whole.length, whole.length);
    if (typeof whole === "string") this.stream.end(whole, "latin1");
    else this.stream.end(whole);
    this.sent();
  }

  /** nginx: what gets no answer (444, 408) is reset with the code of a broken rule. */
  drop(_r: RequestContext): void {
    this.cut(http2Code.protocolError);
  }

  countSent(bytes: number, bodyBytes: number): void {
    const frames = bodyBytes === 0 ? 0 : Math.ceil(bodyBytes / FRAME_BYTES_MAX);
    this.r.bytesSent += bytes + frames * FRAME_HEAD_BYTES;
    this.r.bodyBytesSent += bodyBytes;
    this.owner.countPayload(bytes);
  }

  sendBlocked(): void {
    this.expireIn(this.r.location.settings.sendTimeoutMs);
  }

  sendAdvanced(hasRoom: boolean): void {
    if (this.isFinished || this.gone) return;
    if (this.isSent) this.sendBlocked();
    else this.settleTime();
    if (hasRoom) this.source?.resume();
  }

  bodyEnded(isWhole: boolean, error: Error | undefined): void {
    this.source = undefined;
    if (isWhole) {
      this.stream.end();
      this.sent();
      return;
    }
    if (error !== undefined && !this.gone) logRequestError(this.r, "info", `answer cut short: ${error.message}`);
    this.cut(http2Code.internalError);
  }

  /** Without any, Node.js sends an empty DATA frame instead: browsers do not like empty trailers. */
  private sendTrailers(response: Response): void {
    if (!this.isOver) this.stream.sendTrailers(trailerFields(response.trailers ?? []));
  }

  /** All is handed over; what the client still sends of its body is not wanted any more. */
  private sent(): void {
    this.isSent = true;
    this.sendBlocked();
    const isInputOver = this.content.isEnded || this.reader?.isComplete === true;
    if (isInputOver || this.reader?.isStreaming === true) this.stream.resume();
    else this.stream.close(http2Code.noError);
  }

  // ---- time, and the end

  /** The client took too long to send its body or to take the answer. */
  expired(): void {
    this.expiresAtMs = NEVER;
    if (this.source !== undefined || this.isSent) {
      logRequestError(this.r, "info", "client timed out (110: Connection timed out) while sending response to client");
      this.clientGone();
      this.cut(http2Code.protocolError);
    } else {
      logRequestError(this.r, "info", "client timed out (110: Connection timed out) while reading client request body");
      this.reader?.refuse(408);
    }
  }

  private get isOver(): boolean {
    return this.gone || this.stream.closed || this.stream.destroyed;
  }

  /** Time runs while the client's body is wanted; otherwise nothing is asked of it. */
  private settleTime(): void {
    if (this.reader?.wantsBytes === true) this.expireIn(this.r.location.settings.bodyTimeoutMs);
    else if (!this.isSent) this.expiresAtMs = NEVER;
  }

  private expireIn(ms: number): void {
    this.expiresAtMs = performance.now() + ms;
    this.owner.wakeBy(this.expiresAtMs);
  }

  private cut(code: number): void {
    this.isCut = true;
    if (!this.stream.closed) this.stream.close(code);
    this.finish(false);
  }

  private closed(): void {
    const isWhole = this.isSent && this.stream.rstCode === http2Code.noError;
    if (!isWhole) this.clientGone();
    this.owner.exchangeClosed(this, isWhole || this.isCut);
    if (isWhole || this.isSent || this.source !== undefined) this.finish(isWhole);
  }

  /** The client reset the stream or left before the answer was wholly written. */
  private clientGone(): void {
    if (this.gone || this.isFinished) return;
    this.gone = true;
    if (this.reader?.wantsBytes === true) logRequestError(this.r, "info", "client prematurely closed connection");
    this.reader?.refuse(400);
    const { onGone, source } = this;
    this.onGone = undefined;
    onGone?.();
    source?.abort();
  }

  private finish(isComplete: boolean): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.expiresAtMs = NEVER;
    this.onGone = undefined;
    const { r } = this;
    r.isComplete = isComplete;
    runLogHandlers(r);
    r.response?.onDone?.();
    this.reader?.release();
  }
}

/** Node.js, too, sends no content with these. */
function isBodyless(r: RequestContext, { status, body, trailers }: Response): boolean {
  if (r.head.method === "HEAD" || status === 204 || status === 205 || status === 304) return true;
  return trailers === undefined && (body === undefined || (!isBodyStream(body) && body.length === 0));
}
