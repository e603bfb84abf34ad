/** An upstream's body of which one range may be cut while it passes: `*_force_ranges` (nginx: ngx_http_range_singlepart_body). */

import type { BodySink, BodySlice, BodyStream, SliceableStream } from "../http/response.ts";

export class RangedBody implements SliceableStream {
  private readonly body: BodyStream;

  constructor(body: BodyStream) {
    this.body = body;
  }

  get startsSoon(): boolean {
    return this.body.startsSoon === true;
  }

  start(sink: BodySink): void {
    this.body.start(sink);
  }

  resume(): void {
    this.body.resume();
  }

  abort(): void {
    this.body.abort();
  }

  /** One range: such an answer allows no more. */
  slice(slices: readonly BodySlice[]): BodyStream {
    const [range] = slices;
    return typeof range === "object" ? new CutBody(this.body, range.start, range.end) : this.body;
  }
}

/** Reads the whole body, so that the upstream's connection can be used again, and passes on a part of it. */
class CutBody implements BodyStream, BodySink {
  private readonly body: BodyStream;
  private readonly from: number;
  private readonly to: number;
  private at = 0;
  private sink: BodySink | undefined;

  constructor(body: BodyStream, from: number, to: number) {
    this.body = body;
    this.from = from;
    this.to = to;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.body.start(this);
  }

  resume(): void {
    this.body.resume();
  }

  abort(): void {
    this.body.abort();
  }

  write(chunk: Buffer): boolean {
    const part = chunk.subarray(Math.max(0, this.from - this.at), Math.max(0, this.to - this.at));
    this.at += chunk.length;
    return part.length === 0 || this.sink?.write(part) === true;
  }

  end(): void {
    this.sink?.end();
  }

  fail(error: Error): void {
    this.sink?.fail(error);
  }
}
