import { closeSync, fstatSync, openSync, statSync, truncateSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FileStream } from "../../../../src/http/files/file-stream.ts";
import { createReadBuffers, type ReadBuffers } from "../../../../src/http/files/read-buffers.ts";
import type { BodySlice } from "../../../../src/http/response.ts";
import { readBody } from "../../read-body.ts";
import { temporarySite } from "../../temporary-site.ts";

const SIZE = 700_000;
const text = Array.from({ length: SIZE }, (_, at) => String.fromCharCode(65 + ((at * 7) % 26))).join("");
const root = temporarySite({ long: text, shrinks: text, grows: text });
const buffers = createReadBuffers();

function open(name: string, size = SIZE): { stream: FileStream; fd: number } {
  const fd = openSync(`${root}/${name}`, "r");
  return { stream: new FileStream(fd, `${root}/${name}`, size, buffers), fd };
}

async function isClosed(fd: number, name = "long"): Promise<boolean> {
  const { ino } = statSync(`${root}/long`);
  for (let tries = 0; tries < 500; tries++) {
    try {
      // Another file may have been given the number in between.
      if (name === "long" && fstatSync(fd).ino !== ino) return true;
      fstatSync(fd);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return false;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("FileStream", () => {
  test("gives the whole file and closes it", async () => {
    const { stream, fd } = open("long");
    expect(await readBody(stream)).toBe(text);
    expect(await isClosed(fd)).toBe(true);
  });

  test("slice() gives texts and ranges in order, at any pace", async () => {
    const range = fc.tuple(fc.nat(SIZE), fc.nat(SIZE)).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
    const slices = fc.array(fc.oneof(range, fc.string({ unit: "binary-ascii", maxLength: 20 })), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(slices, fc.boolean(), async (wanted: readonly BodySlice[], pauses) => {
        const { stream, fd } = open("long");
        const expected = wanted.map((slice) => (typeof slice === "string" ? slice : text.slice(slice.start, slice.end))).join("");
        expect(await readBody(stream.slice(wanted), pauses)).toBe(expected);
        expect(await isClosed(fd)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test("fails when the file became shorter, and closes it", async () => {
    const { stream, fd } = open("shrinks");
    truncateSync(`${root}/shrinks`, 300_000);
    await expect(readBody(stream)).rejects.toThrow("became shorter");
    expect(await isClosed(fd, "shrinks")).toBe(true);
  });

  test("sends no more than the declared length of a file that grew", async () => {
    const { stream } = open("grows");
    writeFileSync(`${root}/grows`, "more", { flag: "a" });
    expect((await readBody(stream)).length).toBe(SIZE);
  });

  test("abort() closes a stream that never started, and does so once", async () => {
    const { stream, fd } = open("long");
    stream.abort();
    expect(await isClosed(fd)).toBe(true);
    // One of these gets the freed descriptor's number: a second close would hit it.
    const others = Array.from({ length: 16 }, () => openSync(`${root}/long`, "r"));
    stream.abort();
    await new Promise((resolve) => setImmediate(resolve));
    for (const other of others) {
      expect(fstatSync(other).size).toBe(SIZE);
      closeSync(other);
    }
  });

  test("abort() while a read is under way waits for it before closing", async () => {
    const { stream, fd } = open("long");
    stream.start({ write: () => true, end: () => undefined, fail: () => undefined });
    stream.abort();
    expect(await isClosed(fd)).toBe(true);
  });

  test("abort() from within write ends the stream", async () => {
    const { stream, fd } = open("long");
    let writes = 0;
    stream.start({
      write: () => {
        writes++;
        stream.abort();
        return true;
      },
      end: () => expect.unreachable(),
      fail: () => expect.unreachable(),
    });
    expect(await isClosed(fd)).toBe(true);
    expect(writes).toBe(1);
  });

  test("a paused stream reads nothing until it is resumed", async () => {
    const { stream, fd } = open("long");
    let writes = 0;
    stream.start({ write: () => ++writes > 100, end: () => undefined, fail: () => undefined });
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(writes).toBe(1);
    stream.abort();
    expect(await isClosed(fd)).toBe(true);
  });

  test.each([
    ["two pieces for a client that takes the last one soon", 1, 2],
    ["one piece for a client that does not", 1000, 1],
  ])("holds %s", async (_, takesMs, piecesMax) => {
    const held: number[] = [];
    let lent = 0;
    const counted: ReadBuffers = {
      borrow: (pace) => {
        lent++;
        return buffers.borrow(pace);
      },
      giveBack: (buffer) => {
        lent--;
        buffers.giveBack(buffer);
      },
    };
    const fd = openSync(`${root}/long`, "r");
    const stream = new FileStream(fd, `${root}/long`, SIZE, counted);
    let sent = "";
    await new Promise<void>((resolve, reject) => {
      stream.start({
        write: (chunk) => {
          sent += chunk.toString("latin1");
          // The first piece shows how soon it is taken.
          if (sent.length > chunk.length) held.push(lent);
          setImmediate(() => {
            vi.advanceTimersByTime(takesMs);
            stream.resume();
          });
          return false;
        },
        end: () => resolve(),
        fail: reject,
      });
    });
    expect(sent).toBe(text);
    expect(Math.max(...held)).toBe(piecesMax);
    expect(await isClosed(fd)).toBe(true);
    expect(lent).toBe(0);
  });
});
