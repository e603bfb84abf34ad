/** A body compressed or decompressed while it streams. */

import type { Transform } from "node:stream";
import type { Zlib } from "node:zlib";
import type { BodySink, BodyStream } from "../response.ts";

export type ZlibTransform = Transform & Zlib;

/** Opens zlib's stream for one body, when it is asked for. */
export type OpenZlib = () => ZlibTransform;

/** Holds one piece of the source and zlib's own buffers; what a slow client does not take stops the source. */
export class ZlibStream implements BodyStream, BodySink {
  /** What went in and came out so far. */
  bytesIn: number;
  bytesOut: number;
  private readonly source: BodyStream;
  private readonly open: OpenZlib;
  /** zlib's kind of flush, for a source that may pause for long: what it gave so far is then flushed to the client. */
  private readonly idleFlush: number | undefined;
  private zlib: ZlibTransform | undefined;
  private sink: BodySink | undefined;
  private isFlushDue: boolean;
  private isOver: boolean;
  private pendingWrites: number;

  constructor(source: BodyStream, open: OpenZlib, idleFlush: number | undefined) {
    this.bytesIn = 0;
    this.bytesOut = 0;
    this.source = source;
    this.open = open;
    this.idleFlush = idleFlush;
    this.zlib = undefined;
    this.sink = undefined;
    this.isFlushDue = false;
    this.isOver = false;
    this.pendingWrites = 0;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    const zlib = this.open();
    this.zlib = zlib;
    zlib.on("data", (chunk: Buffer) => {
      this.bytesOut += chunk.length;
      if (!this.isOver && !sink.write(chunk)) zlib.pause();
    });
    zlib.on("drain", () => {
      if (!this.isOver) this.source.resume();
    });
    zlib.on("end", () => {
      if (this.isOver) return;
      this.isOver = true;
      sink.end();
    });
    zlib.on("error", (error) => this.fail(error));
    this.source.start(this);
  }

  resume(): void {
    this.zlib?.resume();
  }

  abort(): void {
    this.isOver = true;
    this.source.abort();
    this.zlib?.destroy();
  }

  write(chunk: Buffer): boolean {
    const { zlib, idleFlush } = this;
    if (zlib === undefined || this.isOver) return true;
    this.bytesIn += chunk.length;
    this.pendingWrites++;
    // zlib reads the piece later, when the source may have reused its memory
    return zlib.write(Buffer.from(chunk), () => {
      this.pendingWrites--;
      if (idleFlush !== undefined) this.flushSoon(zlib, idleFlush);
    });
  }

  end(): void {
    this.zlib?.end();
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.source.abort();
    this.zlib?.destroy();
    this.sink?.fail(error);
  }

  private flushSoon(zlib: ZlibTransform, kind: number): void {
    if (this.isFlushDue || this.pendingWrites > 0) return;
    this.isFlushDue = true;
    setImmediate(() => {
      this.isFlushDue = false;
      if (this.isOver || this.pendingWrites > 0 || zlib.writableEnded) return;
      zlib.flush(kind);
    });
  }
}
