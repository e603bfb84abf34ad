import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BodySink, BodyStream } from "../../../../src/http/response.ts";
import { PacedBody } from "../../../../src/modules/limit-rate/paced-body.ts";

class Sink implements BodySink {
  readonly pieces: [atMs: number, bytes: number][] = [];
  isOpen = true;
  end_ = "";

  write(chunk: Buffer): boolean {
    this.pieces.push([performance.now(), chunk.length]);
    return this.isOpen;
  }
  end(): void {
    this.end_ = `ended at ${performance.now()}`;
  }
  fail(error: Error): void {
    this.end_ = error.message;
  }
}

/** Writes pieces as long as they are taken. */
class Source implements BodyStream {
  readonly pieces: Buffer[];
  sink: BodySink | undefined;
  isAborted = false;

  constructor(...sizes: readonly number[]) {
    this.pieces = sizes.map((size) => Buffer.alloc(size));
  }
  start(sink: BodySink): void {
    this.sink = sink;
    this.resume();
  }
  resume(): void {
    for (let piece = this.pieces.shift(); piece !== undefined; piece = this.pieces.shift()) if (this.sink?.write(piece) === false) return;
    this.sink?.end();
  }
  abort(): void {
    this.isAborted = true;
  }
}

beforeEach(() => void vi.useFakeTimers({ now: 0, toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

describe("PacedBody", () => {
  it("sends a second's worth, then as much each second", () => {
    const sink = new Sink();
    new PacedBody(Buffer.alloc(3500), { rate: 1000, freeBytes: 0 }).start(sink);
    vi.advanceTimersByTime(10_000);
    expect(sink.pieces).toEqual([
      [0, 1000],
      [1000, 1000],
      [2000, 1000],
      [3000, 500],
    ]);
    expect(sink.end_).toBe("ended at 3000");
  });

  it("sends what is free at once", () => {
    const sink = new Sink();
    new PacedBody(Buffer.alloc(3500), { rate: 1000, freeBytes: 2000 }).start(sink);
    vi.advanceTimersByTime(10_000);
    expect(sink.pieces).toEqual([
      [0, 3000],
      [1000, 500],
    ]);
  });

  it("keeps a source waiting, and asks it for more when its piece is out", () => {
    const sink = new Sink();
    const source = new Source(400, 400, 400, 400);
    new PacedBody(source, { rate: 1000, freeBytes: 0 }).start(sink);
    expect(source.pieces.length).toBe(2);
    vi.advanceTimersByTime(10_000);
    expect(sink.pieces).toEqual([
      [0, 400],
      [400, 400],
      [800, 400],
      [1200, 400],
    ]);
    expect(sink.end_).toBe("ended at 1200");
  });

  it("waits for a client that takes nothing, and does not make up for it afterwards", () => {
    const sink = new Sink();
    const body = new PacedBody(Buffer.alloc(3000), { rate: 1000, freeBytes: 0 });
    sink.isOpen = false;
    body.start(sink);
    vi.advanceTimersByTime(5000);
    expect(sink.pieces).toEqual([[0, 1000]]);
    sink.isOpen = true;
    body.resume();
    vi.advanceTimersByTime(5000);
    expect(sink.pieces.slice(1)).toEqual([
      [5000, 1000],
      [6000, 1000],
    ]);
  });

  it("has no timer left when nobody wants the rest", () => {
    const sink = new Sink();
    const source = new Source(5000, 5000);
    const body = new PacedBody(source, { rate: 1000, freeBytes: 0 });
    body.start(sink);
    expect(vi.getTimerCount()).toBe(1);
    body.abort();
    expect([vi.getTimerCount(), source.isAborted]).toEqual([0, true]);
  });

  it("passes a failure on at once", () => {
    const sink = new Sink();
    const source = new Source(5000);
    new PacedBody(source, { rate: 1000, freeBytes: 0 }).start(sink);
    source.sink?.fail(new Error("broken"));
    expect([sink.end_, vi.getTimerCount()]).toEqual(["broken", 0]);
  });
});
