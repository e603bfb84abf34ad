import { describe, expect, test } from "vitest";
import type { BodySink, BodyStream } from "../../../src/http/response.ts";
import { type ByteTransform, TransformedStream, transformBody } from "../../../src/http/transformed-stream.ts";
import { readBody } from "../read-body.ts";

/** Upper-cases, and holds the last byte back. */
function upperCase(): ByteTransform {
  let held = "";
  return {
    push: (piece) => {
      const text = held + piece.toString("latin1").toUpperCase();
      held = text.slice(-1);
      return Buffer.from(text.slice(0, -1), "latin1");
    },
    flush: () => Buffer.from(held, "latin1"),
  };
}

/** Gives its pieces one by one, at the sink's pace. */
class Pieces implements BodyStream {
  isAborted = false;
  private readonly pieces: string[];
  private sink: BodySink | undefined;
  constructor(...pieces: string[]) {
    this.pieces = pieces;
  }
  start(sink: BodySink): void {
    this.sink = sink;
    this.resume();
  }
  resume(): void {
    for (let piece = this.pieces.shift(); piece !== undefined; piece = this.pieces.shift()) {
      if (this.sink?.write(Buffer.from(piece)) === false) return;
    }
    this.sink?.end();
  }
  abort(): void {
    this.isAborted = true;
  }
}

describe("transformBody()", () => {
  test.each(["text", Buffer.from("text")])("changes a whole body at once", (body) => {
    expect(String(transformBody(body, upperCase()))).toBe("TEXT");
  });

  test.each([false, true])("changes a stream piece by piece, with a client that pauses: %s", async (pauses) => {
    expect(await readBody(transformBody(new Pieces("a", "bc", "", "def"), upperCase()), pauses)).toBe("ABCDEF");
  });
});

describe("TransformedStream", () => {
  test("passes failures on, and an abort to its source", () => {
    const source = new Pieces();
    const stream = new TransformedStream(source, upperCase());
    const failures: Error[] = [];
    stream.start({ write: () => true, end: () => undefined, fail: (error) => failures.push(error) });
    stream.abort();
    stream.fail(new Error("late"));
    expect(source.isAborted).toBe(true);
    expect(failures).toEqual([]);
  });
});
