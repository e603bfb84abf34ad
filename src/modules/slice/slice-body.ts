/** A body whose slices are asked for one after the other, no more of them than the client wants. */

import { JoinedBody } from "../../http/joined-body.ts";
import type { BodySink, BodySlice, BodyStream, SliceableStream } from "../../http/response.ts";
import type { SliceExtent } from "./slice-range.ts";

/** Makes the part that begins at a byte. */
export type AskSlice = (start: number) => BodyStream;

export class SliceBody implements SliceableStream, BodySink {
  private readonly joined: JoinedBody;
  private readonly first: BodyStream;
  private readonly extent: SliceExtent;
  private readonly size: number;
  private readonly ask: AskSlice;
  private sink: BodySink | undefined = undefined;
  /** The bytes that are wanted. */
  private from = 0;
  private to: number;
  /** Where the next byte to come belongs, and where the next slice begins. */
  private position: number;
  private nextStart: number;

  constructor(first: BodyStream, extent: SliceExtent, size: number, ask: AskSlice) {
    this.joined = new JoinedBody();
    this.first = first;
    this.extent = extent;
    this.size = size;
    this.ask = ask;
    this.to = extent.length;
    this.position = extent.start;
    this.nextStart = extent.end;
  }

  /** One range: whoever cuts it has been told so (`Response.allowsOneRange`). */
  slice([range]: readonly BodySlice[]): BodyStream {
    if (typeof range !== "object") throw new TypeError("Cannot cut texts into slices: one range is expected");
    this.from = range.start;
    this.to = range.end;
    return this;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    if (this.from < this.extent.end) {
      this.joined.add(this.first);
    } else {
      // The range counted from the end: what has come is not of it.
      this.first.abort();
      this.nextStart = this.size * Math.floor(this.from / this.size);
      this.position = this.nextStart;
    }
    this.joined.onEmpty = () => this.askNext();
    this.joined.start(this);
  }

  resume(): void {
    this.joined.resume();
  }

  abort(): void {
    if (this.sink === undefined) this.first.abort();
    else this.joined.abort();
  }

  write(chunk: Buffer): boolean {
    const begin = Math.max(0, this.from - this.position);
    const end = Math.min(chunk.length, this.to - this.position);
    this.position += chunk.length;
    if (this.sink === undefined || begin >= end) return true;
    return this.sink.write(begin === 0 && end === chunk.length ? chunk : chunk.subarray(begin, end));
  }

  end(): void {
    this.sink?.end();
  }

  fail(error: Error): void {
    this.sink?.fail(error);
  }

  private askNext(): void {
    if (this.nextStart >= this.to) {
      this.joined.close();
      return;
    }
    this.joined.add(this.ask(this.nextStart));
    this.nextStart += this.size;
  }
}
