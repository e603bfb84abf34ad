import { describe, expect, it, test } from "vitest";
import { ResponseHead } from "../../../../src/http/message/response-head.ts";
import { ValueFraming } from "../../../../src/upstream/memcached/value-framing.ts";

const TRAILER = "\r\nEND\r\n";

function framingOf(contentLength: number, method = "GET", status = 200): ValueFraming {
  const head = new ResponseHead();
  head.status = status;
  head.contentLength = contentLength;
  return new ValueFraming(head, method);
}

/** What the chunks, one after another, come to. */
function feed(framing: ValueFraming, ...chunks: readonly string[]) {
  let value = "";
  let state = "more";
  for (const chunk of chunks) {
    state = framing.feed(Buffer.from(chunk, "latin1"), (piece) => {
      value += piece.toString("latin1");
    });
  }
  return { value, state, surplus: framing.surplus, complaint: framing.complaint?.message };
}

const WHOLE = { value: "hello", state: "done", surplus: 0, complaint: undefined };

describe("ValueFraming", () => {
  it("ends with the trailer, cut wherever it may be", () => {
    const text = `hello${TRAILER}`;
    for (let first = 0; first <= text.length; first++)
      for (let second = first; second <= text.length; second++)
        expect(feed(framingOf(5), text.slice(0, first), text.slice(first, second), text.slice(second))).toEqual(WHOLE);
  });

  it("waits for each byte of the trailer", () => {
    for (let bytes = 0; bytes < TRAILER.length; bytes++) {
      expect(feed(framingOf(5), `hello${TRAILER.slice(0, bytes)}`).state).toBe("more");
    }
  });

  test.each([
    ["another word", "hello\r\nENT\r\n"],
    ["no line end", "helloEND\r\n"],
    ["something behind it", `hello${TRAILER}x`],
    ["a value longer than was said", `hello, you${TRAILER}`],
  ])("takes the value and complains of %s", (_name, text) => {
    const found = feed(framingOf(5), text);
    expect(found).toMatchObject({ value: "hello", state: "done", complaint: "memcached sent invalid trailer" });
    expect(found.surplus).toBeGreaterThan(0);
  });

  it("takes a value without bytes", () => {
    const framing = framingOf(0);
    expect(framing.isEmpty).toBe(false);
    expect(feed(framing, TRAILER)).toEqual({ ...WHOLE, value: "" });
  });

  it("knows whether what came with the head is all", () => {
    expect(framingOf(5).isWholeIn(Buffer.from(`hello${TRAILER}`))).toBe(true);
    expect(framingOf(5).isWholeIn(Buffer.from("hello\r\nEND\r"))).toBe(false);
    expect(
      framingOf(5)
        .takeWhole(Buffer.from(`hello${TRAILER}`))
        ?.toString(),
    ).toBe("hello");
  });

  it("leaves the value of a HEAD unread, and its connection unfit for another", () => {
    const framing = framingOf(5, "HEAD");
    expect(framing.isEmpty).toBe(true);
    expect(framing.takeWhole(Buffer.from("hello"))).toBeUndefined();
    expect(framing.surplus).toBeGreaterThan(0);
    expect(framing.complaint).toBeUndefined();
  });

  it("has nothing behind an END", () => {
    expect(framingOf(0, "GET", 404)).toMatchObject({ isEmpty: true, surplus: 0 });
    const more = framingOf(0, "GET", 404);
    more.takeWhole(Buffer.from("x"));
    expect(more.surplus).toBe(1);
  });
});
