import { statSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { COPIED_FILE_BYTES_MAX, FileMemory } from "../../../../src/http/files/file-memory.ts";
import { temporarySite } from "../../temporary-site.ts";

const root = temporarySite({
  small: "x".repeat(100),
  "at-limit": Buffer.alloc(COPIED_FILE_BYTES_MAX, "a"),
  "above-limit": Buffer.alloc(COPIED_FILE_BYTES_MAX + 1, "a"),
  one: "1".repeat(1000),
  two: "2".repeat(1000),
  three: "3".repeat(1000),
});

describe("FileMemory", () => {
  test("read() keeps a file up to the limit and refuses a longer one", () => {
    const memory = new FileMemory(1 << 20);
    expect(memory.read(`${root}/at-limit`)?.size).toBe(COPIED_FILE_BYTES_MAX);
    expect(memory.find(`${root}/at-limit`, statSync(`${root}/at-limit`))).toBeDefined();
    expect(memory.read(`${root}/above-limit`)).toBeUndefined();
  });

  test("find() gives nothing for a file that has changed", () => {
    const memory = new FileMemory(1 << 20);
    memory.read(`${root}/small`);
    writeFileSync(`${root}/small`, "y".repeat(100));
    expect(memory.find(`${root}/small`, statSync(`${root}/small`))).toBeUndefined();
  });

  test("read() throws what the system says", () => {
    expect(() => new FileMemory(1000).read(`${root}/none`)).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });

  test("the copy used least is evicted first, and the bound is kept", () => {
    const paths = ["one", "two", "three"].map((name) => `${root}/${name}`);
    const [one = "", two = "", three = ""] = paths;
    const memory = new FileMemory(2 * (1000 + 512 + one.length + 10));
    const isKept = (path: string): boolean => memory.find(path, statSync(path)) !== undefined;
    memory.read(one);
    memory.read(two);
    expect(isKept(one)).toBe(true);
    memory.read(three);
    expect([isKept(one), isKept(two), isKept(three)]).toEqual([true, false, true]);
  });
});
