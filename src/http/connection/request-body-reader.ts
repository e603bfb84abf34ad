/** Reads one request's body off its connection: counted, de-chunked or framed already, into memory, a temporary file or a sink. */

import { ChunkedDecoder } from "../message/chunked.ts";
import { NOTHING } from "../no-request-body.ts";
import type { BodyBufferLimits, BufferedBody, RequestBody } from "../request-body.ts";
import type { RequestContext } from "../request-context.ts";
import { logRequestError } from "../request-log.ts";
import type { BodySink } from "../response.ts";
import { releaseMemory } from "./release-memory.ts";
import { TempFile } from "./temp-file.ts";

/** The connection's side of a body. */
export interface BodyOwner {
  /** The body is wanted from now on: feed what was read and what comes, after a 100 Continue if the client waits for one. */
  startBody(): void;
  pauseReading(): void;
  resumeReading(): void;
  /** The request that the body belongs to. */
  readonly r: RequestContext;
}

type Mode = "waiting" | "buffering" | "streaming" | "discarding";

export class RequestBodyReader implements RequestBody {
  declaredLength: number;
  received = 0;
  buffered: BufferedBody | undefined = undefined;
  /** All of it has been read off the connection. */
  isComplete: boolean;
  private readonly owner: BodyOwner;
  /** What is due on the connection, whoever gets it; -1: chunked. */
  private readonly octets: number;
  private isGivenUp = false;
  private decoder: ChunkedDecoder | undefined = undefined;
  private mode: Mode = "waiting";
  /** Status of its refusal; 0: none. */
  failedStatus = 0;
  private chunks: Buffer[] = [];
  private memoryBytes = 0;
  private limits: BodyBufferLimits | undefined;
  private file: TempFile | undefined;
  private settle: ((result: BufferedBody | number) => void) | undefined;
  private sink: BodySink | undefined;
  private isSinkFull = false;
  /** The exchange, and who retains the body. */
  private holders = 1;
  /** Something still refers to the memory of the chunk being fed. */
  private keepsMemory = false;

  constructor(owner: BodyOwner, declaredLength: number) {
    this.owner = owner;
    this.declaredLength = declaredLength;
    this.octets = declaredLength;
    this.isComplete = declaredLength === 0;
  }

  /** Its bytes go to whoever answers, as they come. */
  get isStreaming(): boolean {
    return this.mode === "streaming";
  }

  /** True while bytes from the connection belong to this body and it wants them. */
  get wantsBytes(): boolean {
    return !this.isComplete && this.mode !== "waiting" && this.failedStatus === 0 && !this.isSinkFull;
  }

  buffer(limits: BodyBufferLimits): BufferedBody | number | Promise<BufferedBody | number> {
    if (this.buffered !== undefined) return this.buffered;
    if (this.failedStatus !== 0) return this.refusal();
    this.mode = "buffering";
    this.limits = limits;
    if (this.isComplete) this.complete();
    else this.owner.startBody();
    if (this.buffered !== undefined) return this.buffered;
    if (this.failedStatus !== 0) return this.refusal();
    return new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  stream(sink: BodySink): void {
    if (this.isGivenUp) {
      sink.end();
      return;
    }
    this.mode = "streaming";
    this.sink = sink;
    if (this.failedStatus !== 0) {
      sink.fail(new Error(`request body refused with status ${this.failedStatus}`));
      return;
    }
    this.owner.startBody();
  }

  resume(): void {
    if (!this.isSinkFull) return;
    this.isSinkFull = false;
    this.owner.resumeReading();
  }

  /** Reads the rest and throws it away, so that the next request on the connection is found. */
  discard(): void {
    if (this.mode === "discarding") return;
    this.mode = "discarding";
    this.sink = undefined;
    this.isSinkFull = false;
    this.chunks = [];
  }

  /** Takes bytes of a body whose framing is read elsewhere (HTTP/2). Their memory may be others', too. */
  take(piece: Buffer): void {
    this.takePiece(piece);
    if (this.received === this.octets) this.finish();
  }

  /** All of it has come. */
  finish(): void {
    if (!this.isComplete && this.failedStatus === 0) this.complete();
  }

  /** Takes bytes that came on the connection; returns how many belonged to the body (fewer when it ended, or a sink is full). */
  feed(chunk: Buffer): number {
    const bytes = chunk.length;
    this.keepsMemory = false;
    const consumed = this.decode(chunk);
    if (consumed === bytes && !this.keepsMemory) releaseMemory(chunk);
    return consumed;
  }

  private decode(chunk: Buffer): number {
    if (this.octets >= 0) return this.feedCounted(chunk);
    this.decoder ??= new ChunkedDecoder();
    const { decoder } = this;
    const state = decoder.feed(chunk, 0, chunk.length, (piece) => this.takePiece(piece));
    if (state === "done") {
      this.complete();
    } else if (state === "invalid") {
      logRequestError(this.owner.r, "error", "client sent invalid chunked body");
      this.refuse(400);
    } else if (this.mode !== "discarding") {
      // nginx: a chunk that goes past the limit is refused by its size, before its bytes are here.
      this.checkSize(decoder.declaredBytes);
    }
    return decoder.consumed;
  }

  /** The body cannot be completed: the client went away (400), was too slow (408) or broke a rule. */
  refuse(status: number): void {
    if (!this.isComplete && this.failedStatus === 0) this.fail(status);
  }

  private fail(status: number): void {
    this.failedStatus = status;
    const { settle, sink } = this;
    if (settle !== undefined) this.giveUp();
    this.settle = undefined;
    this.sink = undefined;
    settle?.(status);
    sink?.fail(new Error(`request body refused with status ${status}`));
  }

  giveUp(): void {
    this.isGivenUp = true;
    this.declaredLength = 0;
    this.buffered = NOTHING;
  }

  /** Told once: the page that says so has no use for the rest. */
  private refusal(): number {
    this.giveUp();
    return this.failedStatus;
  }

  retain(): () => void {
    this.holders++;
    return () => this.release();
  }

  /** Releases memory and the temporary file, unless someone else retains them. */
  release(): void {
    if (--this.holders > 0) return;
    this.chunks = [];
    try {
      this.file?.close();
    } catch (error) {
      this.logFileError("remove", error);
    }
    this.file = undefined;
  }

  private feedCounted(chunk: Buffer): number {
    const due = this.octets - this.received;
    const piece = chunk.length > due ? chunk.subarray(0, due) : chunk;
    this.takePiece(piece);
    if (this.received === this.octets) this.complete();
    return piece.length;
  }

  private takePiece(piece: Buffer): void {
    this.received += piece.length;
    if (this.mode === "discarding" || this.failedStatus !== 0) return;
    if (this.octets < 0 && !this.checkSize(this.received)) return;
    if (this.mode === "streaming") {
      // The client's read buffer is not reused by Node, so a full sink may keep the piece.
      if (this.sink?.write(piece) === false) {
        this.isSinkFull = true;
        this.keepsMemory = true;
        this.owner.pauseReading();
      }
      return;
    }
    this.store(piece);
  }

  /** Refuses a chunked body that grows past the limit; a counted one was checked by its Content-Length. */
  private checkSize(bytes: number): boolean {
    const { bodyBytesMax } = this.owner.r.location.settings;
    if (this.failedStatus !== 0) return false;
    if (bodyBytesMax === 0 || bytes <= bodyBytesMax) return true;
    logRequestError(this.owner.r, "error", `client intended to send too large chunked body: ${bytes} bytes`);
    this.refuse(413);
    return false;
  }

  private store(piece: Buffer): void {
    this.chunks.push(piece);
    this.memoryBytes += piece.length;
    if (this.file === undefined && this.memoryBytes <= (this.limits?.memoryBytesMax ?? 0)) {
      this.keepsMemory = true;
      return;
    }
    this.spill();
  }

  /** Bodies past memory are rare and the write goes to the page cache: synchronous, so that order and back-pressure need no queue. */
  private spill(): void {
    const held = this.chunks;
    this.chunks = [];
    try {
      this.file ??= this.openFile();
      for (const chunk of held) this.file.append(chunk);
    } catch (error) {
      this.logFileError("store", error);
      this.fail(500);
    }
  }

  private openFile(): TempFile {
    const limits = this.limits as BodyBufferLimits; // what is stored is being buffered
    const file = new TempFile(limits);
    const level = limits.file === "when needed" ? "warn" : "notice";
    logRequestError(this.owner.r, level, `a client request body is buffered to a temporary file ${file.path}`);
    return file;
  }

  private logFileError(act: string, error: unknown): void {
    logRequestError(this.owner.r, "crit", `cannot ${act} the request body: ${error instanceof Error ? error.message : String(error)}`);
  }

  private complete(): void {
    if (this.mode === "buffering" && this.file === undefined && this.limits?.file !== "when needed") this.spill();
    this.isComplete = true;
    if (this.mode === "streaming") {
      this.sink?.end();
      this.sink = undefined;
      return;
    }
    if (this.mode !== "buffering" || this.failedStatus !== 0) return;
    this.buffered =
      this.file === undefined ? { length: this.received, memory: joined(this.chunks), fd: undefined, path: "" } : this.file.asBody();
    this.chunks = [];
    const { settle } = this;
    this.settle = undefined;
    settle?.(this.buffered);
  }
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}
