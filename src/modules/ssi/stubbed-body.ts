/** A body that another one stands in for where nothing comes of it: `include … stub`. */

import type { BodySink, BodyStream } from "../../http/response.ts";

export class StubbedBody implements BodyStream, BodySink {
  private current: BodyStream;
  private sink: BodySink | undefined = undefined;
  private hasWritten = false;
  private makeStub: (() => BodyStream) | undefined;

  constructor(body: BodyStream, makeStub: () => BodyStream) {
    this.current = body;
    this.makeStub = makeStub;
  }

  start(sink: BodySink): void {
    this.sink = sink;
    this.current.start(this);
  }

  resume(): void {
    this.current.resume();
  }

  abort(): void {
    this.current.abort();
  }

  write(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    this.hasWritten = true;
    return this.sink === undefined || this.sink.write(chunk);
  }

  end(): void {
    if (!this.standIn()) this.sink?.end();
  }

  fail(error: Error): void {
    if (!this.standIn()) this.sink?.fail(error);
  }

  /** False: something has been sent, or the stub itself is what ended. */
  private standIn(): boolean {
    const { makeStub } = this;
    this.makeStub = undefined;
    if (makeStub === undefined || this.hasWritten) return false;
    this.current = makeStub();
    this.current.start(this);
    return true;
  }
}
