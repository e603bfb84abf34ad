/** A body that is sent no faster than a rate: a piece, a second's worth at most, then a timer until that is due (nginx: ngx_http_write_filter). */

import { type BodySink, type BodyStream, isBodyStream } from "../../http/response.ts";

export interface Pace {
  /** Octets a second. */
  readonly rate: number;
  /** Octets that go at full speed before the rate holds. */
  readonly freeBytes: number;
}

/** nginx sends two of its output buffers at a time; more at once would be a burst. */
const PIECE_BYTES_MAX = 65_536;

export class PacedBody implements BodyStream, BodySink {
  readonly startsSoon: boolean;
  private readonly source: BodyStream | undefined;
  private readonly pace: Pace;
  private sink: BodySink | undefined = undefined;
  /** What is not sent yet of the source's last piece, or of the whole body. */
  private held: Buffer | undefined;
  /** Octets that may still go at full speed. */
  private freeBytes: number;
  /** When all that was sent would have arrived at the rate, in milliseconds of performance.now(). */
  private dueAtMs = 0;
  private timer: NodeJS.Timeout | undefined = undefined;
  /** The sink takes nothing for now, and may still use the memory of the last piece. */
  private isBlocked = false;
  /** The source was told to wait for `resume`. */
  private doesSourceWait = false;
  private isOver = false;

  /** `body`: a stream, or all of the bytes. */
  constructor(body: BodyStream | Buffer, pace: Pace) {
    const isStream = isBodyStream(body);
    this.pace = pace;
    this.freeBytes = pace.freeBytes;
    this.source = isStream ? body : undefined;
    this.held = isStream ? undefined : body;
    this.startsSoon = !isStream || body.startsSoon === true;
  }

  // ---- towards the client

  start(sink: BodySink): void {
    this.sink = sink;
    this.dueAtMs = performance.now();
    if (this.source === undefined) this.goOn();
    else this.source.start(this);
  }

  resume(): void {
    this.isBlocked = false;
    this.goOn();
  }

  abort(): void {
    this.stop();
    this.source?.abort();
  }

  // ---- from the source

  write(chunk: Buffer): boolean {
    if (this.isOver || chunk.length === 0) return true;
    this.held = chunk;
    this.send();
    this.doesSourceWait = this.isBlocked || this.held !== undefined;
    return !this.doesSourceWait;
  }

  end(): void {
    const { sink } = this;
    this.stop();
    sink?.end();
  }

  fail(error: Error): void {
    const { sink } = this;
    this.stop();
    sink?.fail(error);
  }

  /** Sends what may be sent, and asks the source for more once all is. */
  private goOn(): void {
    if (this.isOver) return;
    this.send();
    if (this.isBlocked || this.held !== undefined) return;
    if (this.source === undefined) {
      this.end();
    } else if (this.doesSourceWait) {
      this.doesSourceWait = false;
      this.source.resume();
    }
  }

  private send(): void {
    while (this.held !== undefined && !this.isBlocked && this.timer === undefined && !this.isOver) {
      const nowMs = performance.now();
      const waitMs = this.dueAtMs - nowMs;
      if (this.freeBytes === 0 && waitMs >= 1) {
        this.wait(waitMs);
        return;
      }
      // A source or client that was slower than the rate earns nothing by it.
      if (waitMs < 0) this.dueAtMs = nowMs;
      this.sendPiece(this.held, this.freeBytes + Math.min(this.pace.rate, PIECE_BYTES_MAX));
    }
  }

  private sendPiece(held: Buffer, bytesMax: number): void {
    const piece = held.length > bytesMax ? held.subarray(0, bytesMax) : held;
    this.held = piece.length < held.length ? held.subarray(piece.length) : undefined;
    const countedBytes = Math.max(0, piece.length - this.freeBytes);
    this.freeBytes -= piece.length - countedBytes;
    this.dueAtMs += (countedBytes * 1000) / this.pace.rate;
    this.isBlocked = this.sink?.write(piece) === false;
  }

  private wait(ms: number): void {
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.goOn();
    }, ms);
  }

  private stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.held = undefined;
    this.sink = undefined;
  }
}
