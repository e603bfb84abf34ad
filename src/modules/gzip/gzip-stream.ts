/** A body compressed while it streams. */

import { constants, createGzip, type Gzip } from "node:zlib";
import type { BodySink, BodyStream } from "../../http/response.ts";

/** Holds one piece of the source and zlib's own buffers; what a slow client does not take stops the source. */
export class GzipStream implements BodyStream, BodySink {
  private readonly source: BodyStream;
  private readonly level: number;
  /** A source of unknown length may pause for long: what it gave so far is then flushed to the client. */
  private readonly flushesWhenIdle: boolean;
  private gzip: Gzip | undefined;
  private sink: BodySink | undefined;
  private isFlushDue: boolean;
  private isOver: boolean;
  private pendingWrites: number;

  constructor(source: BodyStream, level: number, flushesWhenIdle: boolean) {
    this.source = source;
    this.level = level;
    this.flushesWhenIdle = flushesWhenIdle;
    this.gzip = undefined;
    this.sink = undefined;
    this.isFlushDue = false;
    this.isOver = false;
    this.pendingWrites = 0;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    const gzip = createGzip({ level: this.level });
    this.gzip = gzip;
    gzip.on("data", (chunk: Buffer) => {
      if (!this.isOver && !sink.write(chunk)) gzip.pause();
    });
    gzip.on("drain", () => {
      if (!this.isOver) this.source.resume();
    });
    gzip.on("end", () => {
      if (this.isOver) return;
      this.isOver = true;
      sink.end();
    });
    gzip.on("error", (error) => this.fail(error));
    this.source.start(this);
  }

  resume(): void {
    this.gzip?.resume();
  }

  abort(): void {
    this.isOver = true;
    this.source.abort();
    this.gzip?.destroy();
  }

  write(chunk: Buffer): boolean {
    const { gzip } = this;
    if (gzip === undefined || this.isOver) return true;
    this.pendingWrites++;
    // zlib reads the piece later, when the source may have reused its memory
    return gzip.write(Buffer.from(chunk), () => {
      this.pendingWrites--;
      if (this.flushesWhenIdle) this.flushSoon(gzip);
    });
  }

  end(): void {
    this.gzip?.end();
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.source.abort();
    this.gzip?.destroy();
    this.sink?.fail(error);
  }

  private flushSoon(gzip: Gzip): void {
    if (this.isFlushDue || this.pendingWrites > 0) return;
    this.isFlushDue = true;
    setImmediate(() => {
      this.isFlushDue = false;
      if (this.isOver || this.pendingWrites > 0 || gzip.writableEnded) return;
      gzip.flush(constants.Z_SYNC_FLUSH);
    });
  }
}
