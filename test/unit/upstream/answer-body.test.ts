import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { AnswerBody, type AnswerBuffering } from "../../../src/upstream/answer-body.ts";

const dir = mkdtempSync(join(tmpdir(), "foregate-answer-"));
afterAll(() => rmSync(dir, { recursive: true }));

const BUFFERED: AnswerBuffering = { mode: "buffered", memoryBytesMax: 64, fileBytesMax: 1_000_000, tempPath: dir };

interface Played {
  readonly text: string;
  readonly ending: string;
}

/** Pushes pieces as fast as they are allowed in, and takes them with the given patience: true takes at once, false makes the body wait. */
function play(
  buffering: AnswerBuffering,
  pieces: readonly string[],
  patience: readonly boolean[],
  onSpillFailed: () => void = () => undefined,
): Promise<Played> {
  return new Promise((resolve) => {
    let next = 0;
    let taken = 0;
    let text = "";
    const pump = (): void => {
      while (next < pieces.length && !body.isFull) {
        const memory = Buffer.from(pieces[next++] ?? "", "latin1");
        body.push(memory);
        // What was not held is read into again, as a socket's buffer is.
        if (!body.takesHold()) memory.fill(0);
      }
      if (next === pieces.length) body.finish();
    };
    const source = {
      pieceTaken: () => undefined,
      resumeAnswer: () => setImmediate(pump),
      abandonAnswer: () => undefined,
      spillFailed: onSpillFailed,
    };
    const body = new AnswerBody(source, buffering);
    pump();
    body.start({
      write: (chunk) => {
        const isReady = patience[taken++ % patience.length] ?? true;
        if (isReady) {
          text += chunk.toString("latin1");
          return true;
        }
        setImmediate(() => {
          text += chunk.toString("latin1");
          body.resume();
        });
        return false;
      },
      end: () => resolve({ text, ending: "end" }),
      fail: (error) => resolve({ text, ending: error.message }),
    });
  });
}

describe("an answer's body", () => {
  it("arrives whole and in order, whatever the sizes, the client's patience and the buffering", async () => {
    const piece = fc.string({ minLength: 1, maxLength: 80, unit: fc.constantFrom(..."abcdefghijklmnop") });
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 40 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
        fc.constantFrom<AnswerBuffering>(
          BUFFERED,
          { ...BUFFERED, fileBytesMax: 0 },
          { ...BUFFERED, fileBytesMax: 100 },
          { ...BUFFERED, mode: "unbuffered", fileBytesMax: 0 },
        ),
        async (pieces, patience, buffering) => {
          expect(await play(buffering, pieces, patience)).toEqual({ text: pieces.join(""), ending: "end" });
        },
      ),
      { numRuns: 150 },
    );
  });

  it("leaves no file behind", () => {
    expect(readdirSync(dir)).toEqual([]);
  });

  it("lets the upstream wait for the client when there is no room for a file", async () => {
    const blocked = join(dir, "not-a-directory");
    writeFileSync(blocked, "");
    let failures = 0;
    const pieces = ["a".repeat(60), "b".repeat(60), "c".repeat(60)];
    const played = await play({ ...BUFFERED, tempPath: blocked }, pieces, [false], () => {
      failures++;
    });
    expect(played).toEqual({ text: pieces.join(""), ending: "end" });
    expect(failures).toBe(1);
    rmSync(blocked);
  });

  it("delivers what came before the upstream broke off, then fails", async () => {
    const source = {
      pieceTaken: () => undefined,
      resumeAnswer: () => undefined,
      abandonAnswer: () => undefined,
      spillFailed: () => undefined,
    };
    const body = new AnswerBody(source, BUFFERED);
    body.push(Buffer.from("begun"));
    body.fail(new Error("broke off"));
    let text = "";
    const ending = await new Promise((resolve) => {
      body.start({
        write: (chunk) => {
          text += chunk.toString();
          return true;
        },
        end: () => resolve("end"),
        fail: (error) => resolve(error.message),
      });
    });
    expect([text, ending]).toEqual(["begun", "broke off"]);
  });

  it("gives the upstream up once when nobody wants it", () => {
    let abandoned = 0;
    const source = {
      pieceTaken: () => undefined,
      resumeAnswer: () => undefined,
      abandonAnswer: () => abandoned++,
      spillFailed: () => undefined,
    };
    const body = new AnswerBody(source, BUFFERED);
    body.abort();
    body.abort();
    expect(abandoned).toBe(1);
  });
});
