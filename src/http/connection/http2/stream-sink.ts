/** Writes a body that arrives over time to an HTTP/2 stream, as fast as the client's windows allow. */

import type { ServerHttp2Stream } from "node:http2";
import type { BodySink } from "../../response.ts";

/** A piece up to this size is copied, so that its producer goes on at once; a larger one is lent until it is framed. */
const COPIED_BYTES_MAX = 16_384;
/** Copies waiting for the client before the producer has to wait, too. */
const UNSENT_BYTES_MAX = 65_536;

export interface StreamSinkOwner {
  /** The body is over; `isWhole` false when it was cut: the client must not take it for the whole. */
  bodyEnded(isWhole: boolean, error: Error | undefined): void;
  /** Something waits for the client: its send time-out runs. */
  sendBlocked(): void;
  /** All that was written is framed; `hasRoom` after a write that returned false. */
  sendAdvanced(hasRoom: boolean): void;
  countSent(bytes: number, bodyBytes: number): void;
}

export class StreamSink implements BodySink {
  private readonly stream: ServerHttp2Stream;
  private readonly owner: StreamSinkOwner;
  /** Octets still due under a Content-Length; Infinity without one. */
  private remaining: number;
  private unwritten = 0;
  private isFull = false;
  private isOver = false;
  private readonly onWritten = (): void => this.written();

  constructor(owner: StreamSinkOwner, stream: ServerHttp2Stream, contentLength: number) {
    this.owner = owner;
    this.stream = stream;
    this.remaining = contentLength < 0 ? Number.POSITIVE_INFINITY : contentLength;
  }

  write(chunk: Buffer): boolean {
    if (this.isOver) return true;
    const piece = chunk.length > this.remaining ? chunk.subarray(0, this.remaining) : chunk;
    if (piece.length === 0) return true;
    this.remaining -= piece.length;
    const isLent = piece.length > COPIED_BYTES_MAX;
    this.unwritten++;
    this.stream.write(isLent ? piece : Buffer.from(piece), this.onWritten);
    this.owner.countSent(piece.length, piece.length);
    this.owner.sendBlocked();
    this.isFull = isLent || this.stream.writableLength > UNSENT_BYTES_MAX;
    return !this.isFull;
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    const isShort = this.remaining > 0 && this.remaining !== Number.POSITIVE_INFINITY;
    this.owner.bodyEnded(!isShort, isShort ? new Error(`body ended ${this.remaining} bytes short of its Content-Length`) : undefined);
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.owner.bodyEnded(false, error);
  }

  private written(): void {
    if (--this.unwritten > 0) return;
    const wasFull = this.isFull;
    this.isFull = false;
    this.owner.sendAdvanced(wasFull && !this.isOver);
  }
}
