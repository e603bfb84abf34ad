/** A body put together of parts that follow one another; some of them may still have to be asked for. */

import { BufferStream } from "./buffer-stream.ts";
import { type Body, type BodySink, type BodyStream, isBodyStream } from "./response.ts";

/** Parts may be added while it is being sent, until `close`. Each is started when those before it have ended. */
export class JoinedBody implements BodyStream, BodySink {
  /** Called when everything that was added is with the client: it may add more, or close. */
  onEmpty: (() => void) | undefined = undefined;
  private parts: BodyStream[];
  private current: BodyStream | undefined = undefined;
  private sink: BodySink | undefined = undefined;
  private isClosed = false;
  private isBlocked = false;
  private isAdvancing = false;
  private isOver = false;

  constructor(parts: readonly BodyStream[] = []) {
    this.parts = [...parts];
  }

  /** How many wait or are under way. */
  get pending(): number {
    return this.parts.length + (this.current === undefined ? 0 : 1);
  }

  add(part: BodyStream): void {
    if (this.isOver) part.abort();
    else this.parts.push(part);
  }

  /** Nothing more will be added. */
  close(): void {
    this.isClosed = true;
    this.advance();
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.advance();
  }

  resume(): void {
    if (this.isOver) return;
    this.isBlocked = false;
    if (this.current !== undefined) this.current.resume();
    else this.advance();
  }

  abort(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.current?.abort();
    for (const part of this.parts) part.abort();
    this.parts = [];
  }

  /** Starts the next part if none is under way. */
  advance(): void {
    const { sink } = this;
    if (sink === undefined || this.isAdvancing) return;
    this.isAdvancing = true;
    while (this.current === undefined && !this.isBlocked && !this.isOver) {
      if (this.parts.length === 0 && !this.isClosed) this.onEmpty?.();
      const part = this.parts.shift();
      if (part === undefined) break;
      this.current = part;
      part.start(this);
    }
    this.isAdvancing = false;
    if (this.current !== undefined || this.isBlocked || this.isOver || !this.isClosed) return;
    this.isOver = true;
    sink.end();
  }

  // ---- what the part under way does

  write(chunk: Buffer): boolean {
    if (this.isOver || this.sink === undefined) return true;
    const isTaken = this.sink.write(chunk);
    if (!isTaken) this.isBlocked = true;
    return isTaken;
  }

  end(): void {
    this.current = undefined;
    this.advance();
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.current = undefined;
    this.abort();
    this.sink?.fail(error);
  }
}

/** Any body as a stream. */
export function streamOf(body: Body): BodyStream {
  if (isBodyStream(body)) return body;
  return new BufferStream(typeof body === "string" ? Buffer.from(body, "latin1") : (body ?? Buffer.alloc(0)));
}
