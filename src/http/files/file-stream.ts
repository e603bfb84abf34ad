/** A file, or parts of it, as a body: read in pieces as fast as the client takes them, never more than one piece in memory. */

import { close, read } from "node:fs";
import type { BodySink, BodySlice, BodyStream, SliceableStream } from "../response.ts";
import type { ReadBuffers, ReadPace } from "./read-buffers.ts";

/** An open file that has one owner: who ends it closes it. */
interface OpenFile {
  readonly fd: number;
  readonly path: string;
}

/** The whole of an open file as it was when it was opened: `size` octets, however it changes meanwhile. Takes the descriptor over. */
export class FileStream implements SliceableStream {
  readonly startsSoon = true;
  private readonly file: OpenFile;
  private readonly buffers: ReadBuffers;
  private parts: FileParts | undefined;
  private readonly size: number;

  constructor(fd: number, path: string, size: number, buffers: ReadBuffers) {
    this.file = { fd, path };
    this.size = size;
    this.buffers = buffers;
    this.parts = undefined;
  }

  start(sink: BodySink): void {
    this.parts = new FileParts(this.file, [{ start: 0, end: this.size }], this.buffers);
    this.parts.start(sink);
  }

  resume(): void {
    this.parts?.resume();
  }

  abort(): void {
    this.parts ??= new FileParts(this.file, [], this.buffers);
    this.parts.abort();
  }

  slice(ranges: readonly BodySlice[]): BodyStream {
    this.parts = new FileParts(this.file, ranges, this.buffers);
    return this.parts;
  }
}

/** Slices of an open file with texts between them, in order. */
class FileParts implements BodyStream {
  readonly startsSoon = true;
  private readonly file: OpenFile;
  private readonly slices: readonly BodySlice[];
  private readonly buffers: ReadBuffers;
  private sink: BodySink | undefined;
  /** The slice under way, and the position in the file where it goes on; -1: it has not begun. */
  private sliceIndex: number;
  private position: number;
  /** The piece being read, or written and not yet taken: lent by `buffers`. */
  private buffer: Buffer | undefined;
  /** Whether the client took the last piece at once. */
  private pace: ReadPace;
  private isReading: boolean;
  private isPaused: boolean;
  /** True while `advance` runs: a sink that resumes from within `write` must not start a second one. */
  private isAdvancing: boolean;
  private isOver: boolean;

  constructor(file: OpenFile, slices: readonly BodySlice[], buffers: ReadBuffers) {
    this.file = file;
    this.slices = slices;
    this.buffers = buffers;
    this.sink = undefined;
    this.sliceIndex = 0;
    this.position = -1;
    this.buffer = undefined;
    this.pace = "keeps up";
    this.isReading = false;
    this.isPaused = false;
    this.isAdvancing = false;
    this.isOver = false;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.advance();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.returnBuffer();
    this.advance();
  }

  abort(): void {
    this.release();
  }

  /** Writes the texts that are due and asks for the next piece of the file. */
  private advance(): void {
    if (this.isAdvancing) return;
    this.isAdvancing = true;
    while (!this.isOver && !this.isReading && !this.isPaused) {
      const slice = this.slices[this.sliceIndex];
      if (slice === undefined) this.finish();
      else if (typeof slice === "string") this.writeText(slice);
      else if (this.position === -1) this.position = slice.start;
      else if (this.position >= slice.end) this.nextSlice();
      else this.readPiece(slice.end - this.position);
    }
    this.isAdvancing = false;
  }

  private writeText(text: string): void {
    this.nextSlice();
    this.write(Buffer.from(text, "latin1"));
  }

  private write(chunk: Buffer): void {
    this.isPaused = this.sink?.write(chunk) === false;
    this.pace = this.isPaused ? "lags" : "keeps up";
  }

  private nextSlice(): void {
    this.sliceIndex++;
    this.position = -1;
  }

  private readPiece(left: number): void {
    const buffer = this.buffers.borrow(this.pace);
    this.buffer = buffer;
    this.isReading = true;
    read(this.file.fd, buffer, 0, Math.min(buffer.length, left), this.position, (error, length) => this.takePiece(buffer, error, length));
  }

  private takePiece(buffer: Buffer, error: Error | null, length: number): void {
    this.isReading = false;
    if (this.isOver) {
      this.release();
      return;
    }
    if (error !== null || length === 0) {
      this.fail(error ?? new Error(`Cannot read "${this.file.path}": it became shorter while it was sent`));
      return;
    }
    this.position += length;
    this.write(length === buffer.length ? buffer : buffer.subarray(0, length));
    if (this.isPaused) return;
    this.returnBuffer();
    this.advance();
  }

  private finish(): void {
    const sink = this.sink;
    this.release();
    sink?.end();
  }

  private fail(error: Error): void {
    const sink = this.sink;
    this.release();
    sink?.fail(error);
  }

  /** Closes the file once; a read under way ends first, because the descriptor's number could be given to another file. */
  private release(): void {
    const first = !this.isOver;
    this.isOver = true;
    if (this.isReading) return;
    if (!first && this.buffer === undefined) return;
    // A piece that the sink has not taken yet may still be on its way out: that buffer is not lent again.
    if (this.isPaused) this.buffer = undefined;
    else this.returnBuffer();
    this.sink = undefined;
    close(this.file.fd, ignoreCloseError);
  }

  private returnBuffer(): void {
    if (this.buffer === undefined) return;
    this.buffers.giveBack(this.buffer);
    this.buffer = undefined;
  }
}

/** Nothing was written, so a failing close() loses nothing. */
function ignoreCloseError(): void {}
