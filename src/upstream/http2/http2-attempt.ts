/** One try at one peer over HTTP/2: a stream of a shared connection. It decides nothing: its listener does. */

import type { ClientHttp2Stream } from "node:http2";
import type { UpstreamState } from "../../http/upstream-state.ts";
import type { Deadline } from "../../net/deadlines.ts";
import { END_STREAM_FLAG, http2Code } from "../../net/http2-code.ts";
import type { AnswerBody } from "../answer-body.ts";
import type { AttemptListener, AttemptStage, AttemptTimeouts } from "../attempt-listener.ts";
import { HttpFraming } from "../http-framing.ts";
import type { Peer } from "../peer.ts";
import { type BodySender, type PayloadOwner, type RequestPayload, senderOf } from "../request-payload.ts";
import { closedError, socketError, timeoutError } from "../stage-error.ts";
import type { AttemptOrder, UpstreamAttempt } from "../upstream-attempt.ts";
import { UpstreamError } from "../upstream-error.ts";
import { fieldsLength, readAnswerFields, soundFields } from "./answer-head.ts";
import { headersFromLines } from "./head-lines.ts";
import type { Http2Session, SessionUser } from "./http2-session.ts";
import { noteEnd } from "./note-end.ts";
import { streamError } from "./stream-error.ts";
import { StreamWriter } from "./stream-writer.ts";

const NO_BYTES = Buffer.alloc(0);

export class Http2Attempt implements UpstreamAttempt, SessionUser, PayloadOwner {
  readonly peer: Peer;
  readonly state: UpstreamState;
  readonly isReused: boolean;
  stage: AttemptStage = "connecting to upstream";
  isRequestSent = false;
  isPayloadWritten = false;
  hasAnswerBytes = false;
  private readonly listener: AttemptListener;
  private readonly payload: RequestPayload;
  private readonly timeouts: AttemptTimeouts;
  private readonly method: string;
  private readonly session: Http2Session;
  private readonly deadline: Deadline;
  private readonly startedAtMs: number;
  private stream: ClientHttp2Stream | undefined;
  private writer: StreamWriter | undefined;
  private sender: BodySender | undefined;
  private body: AnswerBody | undefined;
  private framing: HttpFraming | undefined;
  private error: NodeJS.ErrnoException | undefined;
  /** Octets of fields that have come, interim answers and trailers included. */
  private fieldBytes = 0;
  /** -1 without Content-Length. */
  private contentLength = -1;
  /** The peer has marked the end of its answer; data may still wait. */
  private hasEnded = false;

  constructor(listener: AttemptListener, order: AttemptOrder, session: Http2Session) {
    const { plan, payload, method, peer, state } = order;
    this.listener = listener;
    this.payload = payload;
    this.method = method;
    this.timeouts = plan.settings.timeouts;
    this.peer = peer;
    this.state = state;
    this.session = session;
    this.isReused = session.isReady;
    this.deadline = plan.deadlines.create(() => this.timedOut());
    this.startedAtMs = performance.now();
  }

  start(): void {
    this.session.join(this);
    if (this.isReused) this.sessionReady();
    else this.deadline.set(this.timeouts.connectTimeoutMs);
  }

  close(): void {
    if (this.stage !== "over") this.leave();
  }

  end(error: UpstreamError): void {
    if (this.stage === "over") return;
    const { stage } = this;
    this.leave();
    this.stage = stage;
    this.listener.attemptFailed(this, error);
    this.stage = "over";
  }

  streamTo(body: AnswerBody, _rest: Buffer): void {
    this.stage = "reading upstream";
    this.body = body;
    this.deadline.set(this.timeouts.readTimeoutMs);
    this.stream?.on("data", (chunk: Buffer) => this.received(chunk));
  }

  complete(isDelimited: boolean): void {
    this.leave();
    this.listener.bodyComplete(this, undefined, isDelimited);
  }

  resumeAnswer(): void {
    if (this.stage !== "reading upstream") return;
    this.deadline.set(this.timeouts.readTimeoutMs);
    this.stream?.resume();
  }

  /** Node gives every chunk memory of its own. */
  releaseChunk(): void {}

  handshaking(): void {
    this.stage = "SSL handshaking to upstream";
    this.deadline.set(this.timeouts.connectTimeoutMs);
  }

  sessionFailed(error: NodeJS.ErrnoException | undefined): void {
    this.end(error === undefined ? closedError(this.stage, false) : socketError(this.stage, error, this.peer.address));
  }

  sessionReady(): void {
    this.state.connectMs = this.isReused ? 0 : performance.now() - this.startedAtMs;
    this.stage = "sending request to upstream";
    this.isRequestSent = true;
    const { head, body } = this.payload;
    const stream = this.openStream(head, body.kind === "none");
    if (stream === undefined) return;
    this.writer = new StreamWriter(stream, () => this.drained());
    if (body.kind === "file" || body.kind === "stream") {
      this.sender = senderOf(body, this.writer, this);
      this.payloadAdvanced();
      this.sender.start();
      return;
    }
    if (body.kind === "memory") this.writer.writeBytes(body.bytes);
    this.payloadWritten();
  }

  payloadAdvanced(): void {
    if (this.stage !== "sending request to upstream") return;
    if (this.writer?.isBacklogged === true) this.deadline.set(this.timeouts.sendTimeoutMs);
    // The next part is the client's to send, in its own time.
    else this.deadline.clear();
  }

  payloadWritten(): void {
    this.isPayloadWritten = true;
    this.sender = undefined;
    if (this.payload.body.kind !== "none") this.writer?.end();
    this.awaitAnswer();
  }

  payloadFailed(error: Error): void {
    if (this.stage === "over") return;
    this.close();
    this.listener.requestBodyFailed(this, error);
  }

  /** Other requests may still get their answers from the connection; new ones had better not wait for a peer that is silent. */
  private timedOut(): void {
    this.session.retire();
    this.end(timeoutError(this.stage));
  }

  private openStream(head: string, endStream: boolean): ClientHttp2Stream | undefined {
    let stream: ClientHttp2Stream;
    try {
      stream = this.session.request(headersFromLines(head), endStream);
    } catch (error) {
      // The connection has ended between its choice and now, or nghttp2 has no stream number left: nothing has been sent.
      this.refused(`upstream took no HTTP/2 stream (${(error as Error).message})`);
      return undefined;
    }
    this.stream = stream;
    noteEnd(stream, () => this.answerEnded());
    stream.on("headers", (_headers, _flags, ...more: unknown[]) => this.interim(more[0] as string[]));
    // node:http2 gives the fields as they came as a third argument, which its own types leave out in places.
    stream.on("response", (_headers, flags, ...more: unknown[]) => this.answered(flags, more[0] as string[]));
    stream.on("trailers", (_headers, _flags, ...more: unknown[]) => this.trailed(more[0] as string[]));
    stream.on("end", () => this.bodyRead());
    stream.on("error", (error) => {
      this.error = error;
    });
    stream.on("close", () => this.streamClosed(stream));
    return stream;
  }

  /** 100, 103: passed over, or on, and bounded as part of the head. */
  private interim(fields: readonly string[]): void {
    if (this.stage === "over") return;
    this.listener.hints?.passHttp2(fields);
    this.fieldBytes += fieldsLength(fields);
    if (this.fieldBytes > this.timeouts.headBytesMax) this.end(new UpstreamError("head_too_big", "upstream sent too big header"));
    else if (this.stage === "reading response header from upstream") this.deadline.set(this.timeouts.readTimeoutMs);
  }

  private answered(flags: number, fields: readonly string[]): void {
    if (this.stage === "over") return;
    this.hasAnswerBytes = true;
    this.stage = "reading response header from upstream";
    const head = readAnswerFields(fields, this.timeouts.headBytesMax - this.fieldBytes);
    this.fieldBytes += fieldsLength(fields);
    if (head instanceof UpstreamError) {
      this.end(head);
      return;
    }
    const isBodiless = (flags & END_STREAM_FLAG) !== 0;
    if (isBodiless && this.method !== "HEAD" && head.status !== 304) head.contentLength = 0;
    this.contentLength = head.contentLength;
    this.state.status = head.status;
    this.state.headerMs = performance.now() - this.startedAtMs;
    this.framing = new HttpFraming(head, this.method);
    this.listener.answered(this, head, this.framing, NO_BYTES);
  }

  private received(chunk: Buffer): void {
    const { body } = this;
    if (this.stage !== "reading upstream" || body === undefined) return;
    this.state.responseLength += chunk.length;
    body.push(chunk);
    body.takesHold();
    // What is whole is taken out of the stream at once: the end of the connection would take it away.
    if (body.isFull && !this.hasEnded) {
      this.deadline.clear();
      this.stream?.pause();
    } else {
      this.deadline.set(this.timeouts.readTimeoutMs);
    }
  }

  private trailed(fields: readonly string[]): void {
    this.fieldBytes += fieldsLength(fields);
    // As much again as the head; what is more is left out whole.
    if (this.fieldBytes <= 2 * this.timeouts.headBytesMax) this.framing?.addTrailers(soundFields(fields));
  }

  private answerEnded(): void {
    this.hasEnded = true;
    if (this.stage === "reading upstream") this.stream?.resume();
  }

  private bodyRead(): void {
    if (this.stage !== "reading upstream" || !this.hasEnded) return;
    // nghttp2 checks what ends with END_STREAM, and not what a reset ends.
    const isShort = this.contentLength >= 0 && this.state.responseLength < this.contentLength;
    if (isShort) this.end(closedError(this.stage, true));
    else this.complete(true);
  }

  /** In peace after the answer; else it says why there will be none, or no more of it. */
  private streamClosed(stream: ClientHttp2Stream): void {
    if (this.stage === "over") return;
    const { session, stage, hasAnswerBytes } = this;
    const code = stream.rstCode ?? http2Code.cancel;
    const error = streamError({ session, code, error: this.error, stage, hasAnswerBytes });
    if (!hasAnswerBytes && (code === http2Code.refusedStream || session.hasLeftOut(stream.id))) {
      this.refused(error.message);
      return;
    }
    // nginx reads an end as part of the answer even when the request was still being sent.
    if (stage === "sending request to upstream") this.stage = "reading response header from upstream";
    this.end(error);
  }

  /** The peer has not looked at the request: it may be sent again, whatever it asks for. */
  private refused(message: string): void {
    // What came straight from the client and has been given to the stream cannot be had again.
    this.isRequestSent = this.payload.body.kind === "stream";
    this.end(new UpstreamError("stream_refused", message));
  }

  private drained(): void {
    if (this.stage === "over") return;
    if (this.sender !== undefined) {
      this.payloadAdvanced();
      this.sender.drained();
    } else if (this.stage === "sending request to upstream") {
      this.awaitAnswer();
    }
  }

  private awaitAnswer(): void {
    if (this.stage !== "sending request to upstream") return;
    const isBacklogged = this.writer?.isBacklogged === true;
    if (!isBacklogged) this.stage = "reading response header from upstream";
    this.deadline.set(isBacklogged ? this.timeouts.sendTimeoutMs : this.timeouts.readTimeoutMs);
  }

  /** What goes over a shared connection is counted by fields and content, without the frames around them. */
  private leave(): void {
    this.stage = "over";
    this.sender?.stop();
    this.deadline.remove();
    this.state.responseMs = performance.now() - this.startedAtMs;
    this.state.bytesReceived = this.fieldBytes + this.state.responseLength;
    this.state.bytesSent = this.isRequestSent ? this.payload.head.length + (this.writer?.bytesWritten ?? 0) : 0;
    const { stream } = this;
    if (stream !== undefined && !stream.destroyed) {
      // An answer that is whole closes its stream by itself once it is read; one that is not wanted is reset.
      if (this.hasEnded && this.isPayloadWritten) stream.resume();
      else stream.close(http2Code.cancel);
    }
    this.session.leave(this);
  }
}
