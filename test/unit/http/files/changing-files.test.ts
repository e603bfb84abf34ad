import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { ChangingFiles } from "../../../../src/http/files/changing-files.ts";

const dir = mkdtempSync(join(tmpdir(), "changing-files-"));
const path = join(dir, "file");
afterAll(() => rmSync(dir, { recursive: true }));

describe("ChangingFiles", () => {
  let parses = 0;
  const create = (): ChangingFiles<string> =>
    new ChangingFiles((text) => {
      parses++;
      return text.toUpperCase();
    });

  beforeEach(() => {
    parses = 0;
    writeFileSync(path, "one");
  });

  it("parses a file once while it stays as it is, and again when it has changed", () => {
    const files = create();
    expect([files.read(path, 0), files.read(path, 0), parses]).toEqual(["ONE", "ONE", 1]);
    writeFileSync(path, "three");
    expect([files.read(path, 0), parses]).toEqual(["THREE", 2]);
  });

  it("does not look at it again within the time that it is trusted", () => {
    const files = create();
    files.read(path, 0);
    rmSync(path);
    expect(files.read(path, 60_000)).toBe("ONE");
    expect(files.read(path, 0)).toMatchObject({ code: "ENOENT" });
    expect(files.read(path, 60_000), "forgotten").toMatchObject({ code: "ENOENT" });
  });

  it("gives the text byte by byte", () => {
    writeFileSync(path, Buffer.from([0x00, 0x7f, 0x80, 0xff]));
    expect(new ChangingFiles((text) => text).read(path, 0)).toBe("\x00\x7f\x80\xff");
  });

  it("takes 16 MiB and no more", () => {
    truncateSync(path, 16 * 1024 * 1024);
    expect(new ChangingFiles((text) => text.length).read(path, 0)).toBe(16 * 1024 * 1024);
    truncateSync(path, 16 * 1024 * 1024 + 1);
    expect(create().read(path, 0)).toMatchObject({ code: "EFBIG" });
  });

  it("keeps a hundred files, the latest", () => {
    const files = create();
    const paths = Array.from({ length: 101 }, (_, index) => join(dir, `f${index}`));
    for (const each of paths) {
      writeFileSync(each, "x");
      files.read(each, 0);
    }
    files.read(paths[100] ?? "", 0);
    expect(parses).toBe(101);
    files.read(paths[0] ?? "", 0);
    expect(parses).toBe(102);
  });
});
