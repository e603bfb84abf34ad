import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BodyOwner, RequestBodyReader } from "../../../../src/http/connection/request-body-reader.ts";
import type { BodyBufferLimits, BodyFile } from "../../../../src/http/request-body.ts";
import type { RequestContext } from "../../../../src/http/request-context.ts";

const LIMITS: BodyBufferLimits = { memoryBytesMax: 1024, tempPath: "", tempLevels: [], file: "when needed" };

interface Owned {
  readonly reader: RequestBodyReader;
  readonly calls: string[];
}

function own(declaredLength: number, bodyBytesMax = 0): Owned {
  const calls: string[] = [];
  const errorLog = { isOn: () => true, write: (level: string, _serial: number, message: string) => void calls.push(`${level} ${message}`) };
  // Only what a reader asks of its request.
  const r = {
    location: { settings: { bodyBytesMax, errorLog } },
    exchange: { connection: { serial: 1, remoteAddress: "" } },
    server: { name: "" },
    head: { requestLine: "", host: undefined, field: () => undefined },
    parent: undefined,
  } as unknown as RequestContext;
  const owner: BodyOwner = {
    r,
    startBody: () => void calls.push("start"),
    pauseReading: () => void calls.push("pause"),
    resumeReading: () => void calls.push("resume"),
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

  it("is empty for the page that tells of its refusal", async () => {
    const { reader } = own(-1, 5);
    const read = reader.buffer(LIMITS);
    reader.feed(Buffer.from("6\r\n"));
    expect(await read).toBe(413);
    expect(reader.declaredLength).toBe(0);
    expect(reader.buffer(LIMITS)).toMatchObject({ length: 0 });
  });

  it("still finds its end after it was given up", () => {
    const { reader } = own(5);
    reader.giveUp();
    reader.discard();
    expect(reader.buffer(LIMITS)).toMatchObject({ length: 0 });
    expect(reader.feed(Buffer.from("helloGET /"))).toBe(5);
    expect(reader.isComplete).toBe(true);
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

describe("the file of a body", () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "foregate-body-"));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  async function read(file: BodyFile, text: string, levels: readonly number[] = []) {
    const { reader, calls } = own(text.length);
    const buffered = reader.buffer({ memoryBytesMax: 4, tempPath: directory, tempLevels: levels, file });
    reader.feed(Buffer.from(text));
    const body = await buffered;
    if (typeof body === "number") throw new Error(`refused with ${body}`);
    return { reader, body, calls };
  }

  it("is there for a body that is longer than the memory for it, without a name", async () => {
    const { body, reader, calls } = await read("when needed", "hello");
    expect(body).toMatchObject({ length: 5, memory: undefined });
    expect(existsSync(body.path)).toBe(false);
    expect(calls).toEqual(["start", `warn a client request body is buffered to a temporary file ${body.path}`]);
    reader.release();
  });

  it.each([
    ["kept", true],
    ["removed after the request", false],
  ] as const)("that is to be %s has a name while the request lasts, however short the body", async (file, stays) => {
    const { body, reader, calls } = await read(file, "hi");
    expect(body).toMatchObject({ length: 2, memory: undefined });
    expect(body.path).toMatch(/\/\d{10}$/);
    expect(readFileSync(body.path, "utf8")).toBe("hi");
    expect(calls[1]).toMatch(/^notice /);
    const letGo = reader.retain();
    reader.release();
    expect(existsSync(body.path)).toBe(true);
    letGo();
    expect(existsSync(body.path)).toBe(stays);
  });

  it("may have been moved away by the time it would be removed", async () => {
    const { body, reader, calls } = await read("removed after the request", "hi");
    rmSync(body.path);
    reader.release();
    expect(calls.filter((call) => call.startsWith("crit"))).toEqual([]);
  });

  it("is in the directories that its name's last digits name", async () => {
    const { body, reader } = await read("kept", "hi", [1, 2]);
    expect(body.path).toMatch(/\/(\d)\/(\d\d)\/\d{7}\2\1$/);
    expect(readdirSync(directory)).toContain(body.path.slice(-1));
    reader.release();
  });

  it("that cannot be made refuses the body", async () => {
    const { reader, calls } = own(5);
    const buffered = reader.buffer({ memoryBytesMax: 4, tempPath: join(directory, "missing"), tempLevels: [], file: "when needed" });
    reader.feed(Buffer.from("hello"));
    expect(await buffered).toBe(500);
    expect(calls[1]).toMatch(/^crit cannot store the request body: ENOENT/);
  });
});
