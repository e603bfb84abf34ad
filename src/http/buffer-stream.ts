/** A whole body as a stream, for filters that only work on streams. */

import type { BodySink, BodyStream } from "./response.ts";

export class BufferStream implements BodyStream {
  readonly startsSoon = true;
  private readonly body: Buffer;

  constructor(body: Buffer) {
    this.body = body;
  }

  /** The memory is nobody else's: the sink may keep it after its end. */
  start(sink: BodySink): void {
    sink.write(this.body);
    sink.end();
  }

  resume(): void {}

  abort(): void {}
}
