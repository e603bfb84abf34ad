/** Bodies changed byte by byte on their way to the client: whole ones at once, streams piece by piece. */

import { type Body, type BodySink, type BodyStream, isBodyStream } from "./response.ts";

/** Changes one body. It never waits. */
export interface ByteTransform {
  /** What can be sent now that this piece is there; the piece itself when nothing in it changes. */
  push(piece: Buffer): Buffer;
  /** The body is over: what was held back. */
  flush(): Buffer;
}

/** The body as the transform makes it; a stream stays one. */
export function transformBody(body: Exclude<Body, undefined>, transform: ByteTransform): Body {
  if (isBodyStream(body)) return new TransformedStream(body, transform);
  const first = transform.push(typeof body === "string" ? Buffer.from(body, "latin1") : body);
  const rest = transform.flush();
  return rest.length === 0 ? first : Buffer.concat([first, rest]);
}

/** Holds what the transform holds back; what a slow client does not take stops the source. */
export class TransformedStream implements BodyStream, BodySink {
  readonly startsSoon: boolean;
  private readonly source: BodyStream;
  private readonly transform: ByteTransform;
  private sink: BodySink | undefined;
  private isOver: boolean;
  /** The source is done, and its last bytes wait for the client. */
  private endsOnResume: boolean;

  constructor(source: BodyStream, transform: ByteTransform) {
    this.startsSoon = source.startsSoon === true;
    this.source = source;
    this.transform = transform;
    this.sink = undefined;
    this.isOver = false;
    this.endsOnResume = false;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.source.start(this);
  }

  resume(): void {
    if (this.isOver) return;
    if (!this.endsOnResume) {
      this.source.resume();
      return;
    }
    this.isOver = true;
    this.sink?.end();
  }

  abort(): void {
    this.isOver = true;
    this.source.abort();
  }

  write(piece: Buffer): boolean {
    if (this.isOver || this.sink === undefined) return true;
    const changed = this.transform.push(piece);
    return changed.length === 0 || this.sink.write(changed);
  }

  end(): void {
    if (this.isOver || this.sink === undefined) return;
    const rest = this.transform.flush();
    if (rest.length > 0 && !this.sink.write(rest)) {
      this.endsOnResume = true;
      return;
    }
    this.isOver = true;
    this.sink.end();
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.sink?.fail(error);
  }
}
