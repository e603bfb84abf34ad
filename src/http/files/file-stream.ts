/** A file, or parts of it, as a body: read in pieces as fast as the client takes them, never more than two pieces in memory. */

import { close, read } from "node:fs";
import type { BodySink, BodySlice, BodyStream, SliceableStream } from "../response.ts";
import type { ReadBuffers, ReadPace } from "./read-buffers.ts";

/** A client that takes what it was sent within this time keeps up. */
const PROMPT_MS = 10;

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

/** Slices of an open file with texts between them, in order. For a client that keeps up, the next piece is read while one is written. */
class FileParts implements BodyStream {
  readonly startsSoon = true;
  private readonly file: OpenFile;
  private readonly slices: readonly BodySlice[];
  private readonly buffers: ReadBuffers;
  private sink: BodySink | undefined;
  /** The slice under way, and the positions in the file where its sending and its reading go on; -1: it has not begun. */
  private sliceIndex: number;
  private position: number;
  private readPosition: number;
  /** The piece being read, or read and not yet written: lent by `buffers`, as `sent`. */
  private next: Buffer | undefined;
  /** Octets of `next`; -1: they are being read. */
  private nextLength: number;
  /** The piece that was written and not yet taken. */
  private sent: Buffer | undefined;
  private pace: ReadPace;
  private pausedAtMs: number;
  private isPaused: boolean;
  /** True while `advance` runs: a sink that resumes from within `write` must not start a second one. */
  private isAdvancing: boolean;
  private isOver: boolean;
  private isClosed: boolean;

  constructor(file: OpenFile, slices: readonly BodySlice[], buffers: ReadBuffers) {
    this.file = file;
    this.slices = slices;
    this.buffers = buffers;
    this.sink = undefined;
    this.sliceIndex = 0;
    this.position = -1;
    this.readPosition = -1;
    this.next = undefined;
    this.nextLength = -1;
    this.sent = undefined;
    this.pace = "unknown";
    this.pausedAtMs = 0;
    this.isPaused = false;
    this.isAdvancing = false;
    this.isOver = false;
    this.isClosed = false;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.advance();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.pace = performance.now() - this.pausedAtMs < PROMPT_MS ? "keeps up" : "lags";
    this.returnSent();
    this.advance();
  }

  abort(): void {
    this.release();
  }

  /** Writes what is due and asks for the next piece of the file. */
  private advance(): void {
    if (this.isAdvancing) return;
    this.isAdvancing = true;
    while (!this.isOver && !this.isPaused) {
      const slice = this.slices[this.sliceIndex];
      if (slice === undefined) this.finish();
      else if (typeof slice === "string") this.writeText(slice);
      else if (this.position === -1) this.beginSlice(slice.start);
      else if (this.position >= slice.end) this.nextSlice();
      else if (this.next === undefined) this.readPiece(slice.end);
      else if (this.nextLength === -1) break;
      else this.writePiece(this.next, slice.end);
    }
    this.isAdvancing = false;
  }

  private writeText(text: string): void {
    this.nextSlice();
    this.write(Buffer.from(text, "latin1"));
  }

  private beginSlice(start: number): void {
    this.position = start;
    this.readPosition = start;
  }

  private nextSlice(): void {
    this.sliceIndex++;
    this.position = -1;
  }

  private writePiece(buffer: Buffer, end: number): void {
    const length = this.nextLength;
    this.next = undefined;
    this.position += length;
    this.sent = buffer;
    if (this.pace === "keeps up" && this.readPosition < end) this.readPiece(end);
    this.write(length === buffer.length ? buffer : buffer.subarray(0, length));
    if (!this.isPaused) this.returnSent();
  }

  private write(chunk: Buffer): void {
    this.isPaused = this.sink?.write(chunk) === false;
    if (this.isPaused) this.pausedAtMs = performance.now();
    else this.pace = "keeps up";
  }

  private readPiece(end: number): void {
    const buffer = this.buffers.borrow(this.pace);
    this.next = buffer;
    this.nextLength = -1;
    const bytes = Math.min(buffer.length, end - this.readPosition);
    read(this.file.fd, buffer, 0, bytes, this.readPosition, (error, length) => this.takePiece(error, length));
  }

  private takePiece(error: Error | null, length: number): void {
    this.nextLength = error === null ? length : 0;
    if (this.isOver) this.release();
    else if (error !== null || length === 0)
      this.fail(error ?? new Error(`Cannot read "${this.file.path}": it became shorter while it was sent`));
    else {
      this.readPosition += length;
      this.advance();
    }
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
    this.isOver = true;
    if (this.next !== undefined && this.nextLength === -1) return;
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.next !== undefined) this.buffers.giveBack(this.next);
    this.next = undefined;
    // A piece that the sink has not taken yet may still be on its way out: that buffer is not lent again.
    if (this.isPaused) this.sent = undefined;
    else this.returnSent();
    this.sink = undefined;
    close(this.file.fd, ignoreCloseError);
  }

  private returnSent(): void {
    if (this.sent === undefined) return;
    this.buffers.giveBack(this.sent);
    this.sent = undefined;
  }
}

/** Nothing was written, so a failing close() loses nothing. */
function ignoreCloseError(): void {}
