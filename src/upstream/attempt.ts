/** One try at one peer: connect or reuse, send, read the head, then the body. It decides nothing: its listener does. */

import type { UpstreamState } from "../http/upstream-state.ts";
import type { AnswerBody } from "./answer-body.ts";
import type { AnswerFraming } from "./answer-framing.ts";
import type { AttemptListener, AttemptStage, AttemptTimeouts } from "./attempt-listener.ts";
import type { ForwardPlan } from "./forward-plan.ts";
import type { Peer } from "./peer.ts";
import { QueueRetry } from "./queue-retry.ts";
import { returnReadBuffer } from "./read-buffers.ts";
import { type BodySender, type RequestPayload, writePayload } from "./request-payload.ts";
import { closedError, socketError, timeoutError } from "./stage-error.ts";
import type { Transport } from "./transport.ts";
import type { UpstreamAttempt } from "./upstream-attempt.ts";
import { type ConnectionOwner, UpstreamConnection } from "./upstream-connection.ts";
import { UpstreamError } from "./upstream-error.ts";

const NO_BYTES = Buffer.alloc(0);

export class Attempt implements ConnectionOwner, UpstreamAttempt {
  readonly peer: Peer;
  readonly state: UpstreamState;
  readonly isReused: boolean;
  stage: AttemptStage = "connecting to upstream";
  isRequestSent = false;
  isPayloadWritten = false;
  hasAnswerBytes = false;
  private body: AnswerBody | undefined;
  private framing: AnswerFraming | undefined;
  private readonly listener: AttemptListener;
  private readonly plan: ForwardPlan;
  private readonly payload: RequestPayload;
  private readonly timeouts: AttemptTimeouts;
  private readonly method: string;
  private readonly transport: Transport;
  private readonly startedAtMs: number;
  private connection: UpstreamConnection;
  private sender: BodySender | undefined;
  private held: Buffer = NO_BYTES;
  /** Memory that the client's socket still writes from. It is this attempt's: the connection may serve another request by then. */
  private lentBuffer: Buffer | undefined;
  private queueRetry: QueueRetry | undefined;
  private readonly bytesReadBefore: number;
  private readonly bytesWrittenBefore: number;

  constructor(
    listener: AttemptListener,
    plan: ForwardPlan,
    payload: RequestPayload,
    method: string,
    peer: Peer,
    state: UpstreamState,
    transport: Transport,
    reused: UpstreamConnection | undefined,
  ) {
    this.listener = listener;
    this.plan = plan;
    this.timeouts = plan.settings.timeouts;
    this.payload = payload;
    this.method = method;
    this.peer = peer;
    this.state = state;
    this.transport = transport;
    this.isReused = reused !== undefined;
    this.startedAtMs = performance.now();
    this.bytesReadBefore = reused?.bytesRead ?? 0;
    this.bytesWrittenBefore = reused?.bytesWritten ?? 0;
    this.connection = reused ?? this.connect();
  }

  /** To be called once; a reused connection may answer before it returns. */
  start(): void {
    if (!this.isReused) return;
    this.connection.owner = this;
    this.connected();
  }

  /** Ends it without a word to the listener. */
  close(): void {
    if (this.stage === "over") return;
    this.leave();
    this.connection.close();
  }

  /** The answer's body can be read on after `AnswerBody.isFull`. */
  resumeAnswer(): void {
    if (this.stage !== "reading upstream") return;
    this.connection.deadline.set(this.timeouts.readTimeoutMs);
    this.connection.resumeReading();
  }

  /** What `AnswerBody` held of the connection's memory has been taken. */
  releaseChunk(): void {
    if (this.lentBuffer !== undefined) returnReadBuffer(this.lentBuffer);
    this.lentBuffer = undefined;
  }

  /** Hands the connection over as it is; the attempt is over but for `count`. */
  releaseConnection(): UpstreamConnection {
    this.leave();
    this.connection.deadline.clear();
    return this.connection;
  }

  /** Notes how long it took and what went over the connection until now. */
  count(): void {
    this.state.responseMs = this.elapsedMs();
    this.state.bytesReceived = this.connection.bytesRead - this.bytesReadBefore;
    this.state.bytesSent = this.connection.bytesWritten - this.bytesWrittenBefore;
  }

  /** From now on the body goes to `body`, beginning with what came behind the head. */
  streamTo(body: AnswerBody, rest: Buffer): void {
    this.stage = "reading upstream";
    this.body = body;
    this.connection.useOwnBuffer(body.readBytesMax);
    if (rest.length > 0) this.readBodyChunk(rest);
    else this.connection.deadline.set(this.timeouts.readTimeoutMs);
  }

  handshaking(): void {
    this.stage = "SSL handshaking to upstream";
  }

  connected(): void {
    this.state.connectMs = this.isReused ? 0 : this.elapsedMs();
    this.stage = "sending request to upstream";
    this.isRequestSent = true;
    this.connection.requests++;
    this.sender = writePayload(this.connection, this.payload, this);
    if (this.sender === undefined) {
      this.payloadWritten();
      return;
    }
    this.payloadAdvanced();
    this.sender.start();
  }

  payloadAdvanced(): void {
    if (this.stage !== "sending request to upstream") return;
    if (this.connection.isBacklogged) this.connection.deadline.set(this.timeouts.sendTimeoutMs);
    // The next part is the client's to send, in its own time.
    else this.connection.deadline.clear();
  }

  payloadWritten(): void {
    this.isPayloadWritten = true;
    this.sender = undefined;
    if (this.stage !== "sending request to upstream") return;
    if (!this.connection.isBacklogged) this.stage = "reading response header from upstream";
    this.connection.deadline.set(this.connection.isBacklogged ? this.timeouts.sendTimeoutMs : this.timeouts.readTimeoutMs);
  }

  payloadFailed(error: Error): void {
    if (this.stage === "over") return;
    this.close();
    this.listener.requestBodyFailed(this, error);
  }

  drained(): void {
    if (this.sender !== undefined) {
      this.payloadAdvanced();
      this.sender.drained();
    } else if (this.stage === "sending request to upstream") {
      this.payloadWritten();
    }
  }

  received(chunk: Buffer): boolean {
    if (this.stage === "over") return true;
    return this.stage === "reading upstream" ? this.readBodyChunk(chunk) : this.readHead(chunk);
  }

  ended(): void {
    if (this.stage === "reading upstream" && this.framing?.kind === "untilClose") {
      this.complete(false);
      return;
    }
    const error = closedError(this.stage, this.hasAnswerBytes);
    // nginx reads an end as part of the answer even when the request was still being sent.
    if (this.stage === "sending request to upstream") this.stage = "reading response header from upstream";
    this.end(error);
  }

  failed(error: NodeJS.ErrnoException): void {
    if (this.stage === "connecting to upstream" && error.code === "EAGAIN" && this.waitForQueue()) return;
    if (this.stage === "sending request to upstream" && error.syscall !== "write") this.stage = "reading response header from upstream";
    this.end(socketError(this.stage, error, this.peer.address));
  }

  timedOut(): void {
    this.end(timeoutError(this.stage));
  }

  private connect(): UpstreamConnection {
    const connection = new UpstreamConnection(this.peer.address, this.transport, this, this.plan, this.timeouts.socketKeepalive);
    connection.deadline.set(this.timeouts.connectTimeoutMs);
    return connection;
  }

  private waitForQueue(): boolean {
    this.queueRetry ??= new QueueRetry();
    const isScheduled = this.queueRetry.schedule(() => {
      this.connection = this.connect();
    });
    if (isScheduled) this.connection.close();
    return isScheduled;
  }

  private readHead(chunk: Buffer): boolean {
    this.hasAnswerBytes = true;
    const { headBytesMax } = this.timeouts;
    const bytes = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    const head = this.plan.protocol.readHead(bytes, this.payload.head, headBytesMax, this.listener.hints);
    if (head === undefined) {
      // nginx: the time for the head runs on, so that one that trickles ends, too.
      this.held = bytes === chunk ? Buffer.from(chunk) : bytes;
      return true;
    }
    if (head instanceof UpstreamError) {
      this.stage = "reading response header from upstream";
      this.end(head);
      return true;
    }
    this.held = NO_BYTES;
    this.state.status = head.status;
    this.state.headerMs = this.elapsedMs();
    this.stage = "reading response header from upstream";
    const framing = this.plan.protocol.frame(head, this.method);
    this.framing = framing;
    this.listener.answered(this, head, framing, bytes.subarray(head.end));
    return this.mayReadOn();
  }

  /** A connection that is done with, and may be another request's by now, is not to be paused. */
  private mayReadOn(): boolean {
    return this.stage !== "reading upstream" || this.body?.isFull !== true;
  }

  private readBodyChunk(chunk: Buffer): boolean {
    const { framing, body } = this;
    if (framing === undefined || body === undefined) return true;
    const state = framing.feed(chunk, this.pushPiece);
    if (body.takesHold()) this.lentBuffer = this.connection.giveBuffer();
    // Whoever took the pieces may have given the answer up.
    if (this.stage === "over") return true;
    if (state === "invalid") {
      this.end(new UpstreamError("invalid_body", "upstream sent invalid chunked response"));
      return true;
    }
    if (state === "done") {
      this.complete(true);
      return true;
    }
    if (body.isFull) {
      this.connection.deadline.clear();
      return false;
    }
    this.connection.deadline.set(this.timeouts.readTimeoutMs);
    return true;
  }

  private readonly pushPiece = (piece: Buffer): void => {
    this.state.responseLength += piece.length;
    this.body?.push(piece);
  };

  /** The answer is whole. */
  complete(isDelimited: boolean): void {
    const isReusable = isDelimited && this.isPayloadWritten && this.framing?.surplus === 0 && !this.connection.isBacklogged;
    const connection = this.releaseConnection();
    connection.useSharedBuffer();
    this.listener.bodyComplete(this, connection, isReusable);
  }

  /** Fails it: what it is told of cannot be used. */
  end(error: UpstreamError): void {
    if (this.stage === "over") return;
    const { stage } = this;
    this.leave();
    this.stage = stage;
    this.connection.close();
    this.listener.attemptFailed(this, error);
    this.stage = "over";
  }

  private elapsedMs(): number {
    return performance.now() - this.startedAtMs;
  }

  private leave(): void {
    this.queueRetry?.stop();
    this.sender?.stop();
    this.stage = "over";
    this.count();
  }
}
