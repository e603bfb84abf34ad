import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fileReader } from "../../../src/config/config-reader.ts";

const dir = mkdtempSync(join(tmpdir(), "config-reader-"));
afterAll(() => rmSync(dir, { recursive: true }));

describe("fileReader", () => {
  it("reads bytes as latin1, from a path of bytes", () => {
    writeFileSync(join(dir, "é.conf"), "a é;");
    const path = Buffer.from(join(dir, "é.conf")).toString("latin1");
    expect(fileReader.read(path)).toEqual({ text: "a \xc3\xa9;" });
    expect(fileReader.list(dir)).toContain("\xc3\xa9.conf");
  });

  it("says why a file cannot be had, as nginx does", () => {
    mkdirSync(join(dir, "folder"));
    symlinkSync("loop", join(dir, "loop"));
    writeFileSync(join(dir, "file"), "");
    const failureOf = (name: string): unknown => fileReader.read(`${dir}/${name}`);
    expect(failureOf("none")).toEqual({ failure: `open() "${dir}/none" failed (2: No such file or directory)` });
    expect(failureOf("folder")).toEqual({ failure: `pread() "${dir}/folder" failed (21: Is a directory)` });
    expect(failureOf("loop")).toEqual({ failure: `open() "${dir}/loop" failed (40: Too many levels of symbolic links)` });
    expect(failureOf("file/x")).toEqual({ failure: `open() "${dir}/file/x" failed (20: Not a directory)` });
  });

  it.skipIf(process.getuid?.() === 0)("says that a file may not be read", () => {
    writeFileSync(join(dir, "secret"), "");
    chmodSync(join(dir, "secret"), 0);
    expect(fileReader.read(join(dir, "secret"))).toEqual({ failure: `open() "${dir}/secret" failed (13: Permission denied)` });
  });

  it("lists nothing where there is no directory", () => {
    expect(fileReader.list(join(dir, "nowhere"))).toBeUndefined();
  });
});
