/**
 * An upstream's body on its way to the client. Buffered: the upstream is read at its own pace into memory and then into a temporary file, so
 * that a slow client does not hold the application. Unbuffered: the upstream is read as fast as the client takes it.
 */

import type { BodySink, BodyStream } from "../http/response.ts";
import { ReadPace } from "./read-pace.ts";
import { SpillFile } from "./spill-file.ts";

export interface AnswerBuffering {
  readonly mode: "buffered" | "unbuffered";
  /** Octets in memory before the file is used. */
  readonly memoryBytesMax: number;
  /** Octets in the file before the upstream has to wait; 0: no file. */
  readonly fileBytesMax: number;
  readonly tempPath: string;
}

/** Where the body comes from. */
export interface AnswerSource {
  /** The sink is done with the piece that `takesHold` told of. */
  pieceTaken(): void;
  /** There is room again after `push` returned false. */
  resumeAnswer(): void;
  /** Nobody wants the rest. */
  abandonAnswer(): void;
  /** The temporary file failed: a line for the error log. */
  spillFailed(error: Error): void;
}

export class AnswerBody implements BodyStream {
  /** Set before the body is handed on, where its first piece is known to follow the head at once. */
  startsSoon = false;
  /** Octets to be read at a time at most, so that a low rate is even; 0: as many as there are. */
  readonly readBytesMax: number;
  private readonly source: AnswerSource;
  private readonly buffering: AnswerBuffering;
  private sink: BodySink | undefined;
  /** The sink takes nothing for now; also before it is there. */
  private isBlocked = true;
  private memory: Buffer[] = [];
  private memoryBytes = 0;
  private file: SpillFile | undefined;
  private isFileRefused = false;
  private isReadingFile = false;
  private isSourcePaused = false;
  private hold: "none" | "asked" | "held" = "none";
  private isSourceDone = false;
  private failure: Error | undefined;
  private isOver = false;
  private readonly pace: ReadPace | undefined;

  /** `rate`: octets a second that are read of the upstream at most; 0: no limit. */
  constructor(source: AnswerSource, buffering: AnswerBuffering, rate = 0) {
    this.source = source;
    this.buffering = buffering;
    this.readBytesMax = rate;
    this.pace = rate === 0 ? undefined : new ReadPace(rate, () => this.paceAllows());
  }

  /** True while the upstream must not be read: `resumeAnswer` will be called. To be asked after the pieces of a read have been pushed. */
  get isFull(): boolean {
    return this.isSourcePaused || this.pace?.isWaiting === true;
  }

  /** The upstream has sent all of it, or broken off. */
  get isComplete(): boolean {
    return this.isSourceDone || this.failure !== undefined;
  }

  /** Takes what the upstream sent, by copy or straight to the sink: see `takesHold`. */
  push(piece: Buffer): void {
    if (this.isOver) return;
    this.pace?.note(piece.length);
    if (this.isBlocked || this.sink === undefined || !this.isDrained()) {
      this.isSourcePaused = !this.keep(piece);
    } else if (!this.sink.write(piece)) {
      this.isBlocked = true;
      this.hold = "asked";
      this.isSourcePaused = this.buffering.mode === "unbuffered";
    }
  }

  /** True once for a pushed piece whose memory the sink still uses: it must not be read into before `pieceTaken`. */
  takesHold(): boolean {
    if (this.hold !== "asked") return false;
    this.hold = "held";
    return true;
  }

  /** The upstream has sent all of it. */
  finish(): void {
    this.isSourceDone = true;
    this.drain();
  }

  /** The upstream broke off: what has come is still delivered. */
  fail(error: Error): void {
    this.failure = error;
    this.drain();
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.isBlocked = false;
    this.drain();
  }

  resume(): void {
    this.isBlocked = false;
    if (this.hold === "held") {
      this.hold = "none";
      this.source.pieceTaken();
    }
    this.drain();
  }

  abort(): void {
    if (this.isOver) return;
    this.close();
    if (!this.isComplete) this.source.abandonAnswer();
  }

  private isDrained(): boolean {
    return this.memory.length === 0 && !this.isReadingFile && (this.file === undefined || this.file.isEmpty);
  }

  /** Copies the piece to memory or to the file; true when more may come. */
  private keep(piece: Buffer): boolean {
    const { mode, memoryBytesMax, fileBytesMax } = this.buffering;
    const isFileInUse = this.isReadingFile || (this.file !== undefined && !this.file.isEmpty);
    const fitsMemory = this.memory.length === 0 || this.memoryBytes + piece.length <= memoryBytesMax;
    if (isFileInUse || (!fitsMemory && mode === "buffered" && fileBytesMax > 0)) {
      // What comes later must be behind what is in the file.
      if (this.spill(piece)) return (this.file?.bytesWritten ?? 0) < fileBytesMax;
    }
    this.keepInMemory(piece);
    return mode === "buffered" && fitsMemory;
  }

  private keepInMemory(piece: Buffer): void {
    this.memory.push(Buffer.from(piece));
    this.memoryBytes += piece.length;
  }

  /** False when the file cannot be used, now and from now on: the upstream waits for the client instead. */
  private spill(piece: Buffer): boolean {
    if (this.isFileRefused) return this.file !== undefined;
    try {
      this.file ??= new SpillFile(this.buffering.tempPath);
      this.file.append(piece);
      return true;
    } catch (error) {
      this.isFileRefused = true;
      this.source.spillFailed(error as Error);
      if (this.file === undefined) return false;
      // Part of the answer may be lost: it must not reach the client as if it were whole.
      this.failure = error as Error;
      this.source.abandonAnswer();
      return true;
    }
  }

  /** Hands on what waits, oldest first: memory, then the file; then lets the upstream go on, or ends. */
  private drain(): void {
    const { sink } = this;
    if (sink === undefined || this.isOver) return;
    while (!this.isBlocked && this.memory.length > 0 && (this.file === undefined || !this.isReadingFile)) {
      const piece = this.memory.shift() as Buffer; // the loop's condition says there is one
      this.memoryBytes -= piece.length;
      if (!sink.write(piece)) this.isBlocked = true;
    }
    if (this.isBlocked || this.isReadingFile || this.isOver) return;
    if (this.file !== undefined && !this.file.isEmpty) this.readFile(this.file, sink);
    else this.settle(sink);
  }

  private readFile(file: SpillFile, sink: BodySink): void {
    this.isReadingFile = true;
    file.read((error, piece) => {
      this.isReadingFile = false;
      if (this.isOver) return;
      if (error !== null || piece.length === 0) {
        this.close();
        sink.fail(error ?? new Error("The temporary file of an upstream's answer is shorter than what was written"));
        return;
      }
      if (!sink.write(piece)) this.isBlocked = true;
      this.drain();
    });
  }

  private settle(sink: BodySink): void {
    if (this.failure !== undefined) {
      this.close();
      sink.fail(this.failure);
    } else if (this.isSourceDone) {
      this.close();
      sink.end();
    } else if (this.isSourcePaused) {
      this.isSourcePaused = false;
      if (this.pace?.isWaiting !== true) this.source.resumeAnswer();
    }
  }

  private paceAllows(): void {
    if (!this.isSourcePaused && !this.isOver) this.source.resumeAnswer();
  }

  private close(): void {
    this.isOver = true;
    this.isSourcePaused = false;
    this.pace?.stop();
    this.memory = [];
    this.file?.close();
  }
}
