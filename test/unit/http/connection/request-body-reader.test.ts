import { describe, expect, it } from "vitest";
import { type BodyOwner, RequestBodyReader } from "../../../../src/http/connection/request-body-reader.ts";

const LIMITS = { memoryBytesMax: 1024, tempPath: "" };

interface Owned {
  readonly reader: RequestBodyReader;
  readonly calls: string[];
}

function own(declaredLength: number, bodyBytesMax = 0): Owned {
  const calls: string[] = [];
  const owner: BodyOwner = {
    bodyBytesMax,
    startBody: () => void calls.push("start"),
    pauseReading: () => void calls.push("pause"),
    resumeReading: () => void calls.push("resume"),
    logBodyError: (error) => void calls.push(String(error)),
    logBodyRefusal: (message) => void calls.push(message),
  };
  return { reader: new RequestBodyReader(owner, declaredLength), calls };
}

describe("RequestBodyReader", () => {
  it("takes no more than its Content-Length", async () => {
    const { reader } = own(5);
    const read = reader.buffer(LIMITS);
    expect(reader.feed(Buffer.from("he"))).toBe(2);
    expect(reader.feed(Buffer.from("lloGET /"))).toBe(3);
    expect(await read).toMatchObject({ length: 5, memory: Buffer.from("hello") });
  });

  it.each([
    ["at the limit", "5\r\nhello\r\n0\r\n\r\n", 5],
    ["above it, by the chunk's size alone", "6\r\n", 413],
    ["above it, in two chunks", "3\r\nabc\r\n3\r\nabc\r\n", 413],
    ["with broken framing", "x\r\n", 400],
  ])("judges a chunked body %s", async (_name, bytes, expected) => {
    const { reader } = own(-1, 5);
    const read = reader.buffer(LIMITS);
    reader.feed(Buffer.from(bytes));
    const result = await read;
    expect(typeof result === "number" ? result : result.length).toBe(expected);
  });

  it("does not hold a discarded chunked body to the limit", () => {
    const { reader } = own(-1, 5);
    reader.discard();
    reader.feed(Buffer.from("ff\r\nx"));
    expect(reader.failedStatus).toBe(0);
    expect(reader.wantsBytes).toBe(true);
  });

  it("wants no bytes while its sink is full", () => {
    const { reader, calls } = own(10);
    reader.stream({ write: () => false, end: () => {}, fail: () => {} });
    expect(reader.wantsBytes).toBe(true);
    reader.feed(Buffer.from("hello"));
    expect(reader.wantsBytes).toBe(false);
    reader.resume();
    expect(reader.wantsBytes).toBe(true);
    expect(calls).toEqual(["start", "pause", "resume"]);
  });

  it("fails its sink once, however often it is refused", () => {
    const { reader } = own(10);
    let failures = 0;
    reader.stream({ write: () => true, end: () => {}, fail: () => failures++ });
    reader.refuse(408);
    reader.refuse(400);
    expect([failures, reader.failedStatus]).toEqual([1, 408]);
  });
});
