import { mkdirSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ChangingFiles } from "../../../../src/http/files/changing-files.ts";
import { parsePasswords } from "../../../../src/modules/auth-basic/parse-passwords.ts";

describe("parsePasswords()", () => {
  test.each([
    ["a:1\nb:2\n", { a: "1", b: "2" }],
    ["a:1", { a: "1" }],
    ["a:1:comment:more\n", { a: "1" }],
    ["a:1\r\nb:2\r\n", { a: "1", b: "2" }],
    ["a:1\na:2\n", { a: "1" }],
    ["#a:1\n a:2\n\n\r\n:x\nno colon\na:", { " a": "2", a: "" }],
    ["", {}],
  ])("reads %j", (text, passwords) => expect(Object.fromEntries(parsePasswords(text))).toEqual(passwords));
});

describe("PasswordFiles", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "passwords-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  test("reads a file once as long as it stays as it is", () => {
    const files = new ChangingFiles(parsePasswords);
    const path = join(dir, "users");
    writeFileSync(path, "a:1\n");
    const first = files.read(path, 0);
    expect(files.read(path, 0)).toBe(first);
    expect(first).toEqual(new Map([["a", "1"]]));
  });

  test("reads it again when it was written, made anew or gone", () => {
    const files = new ChangingFiles(parsePasswords);
    const path = join(dir, "users");
    writeFileSync(path, "a:1\n");
    files.read(path, 0);
    writeFileSync(path, "a:2\n");
    utimesSync(path, 1, 1);
    expect(files.read(path, 0)).toEqual(new Map([["a", "2"]]));
    rmSync(path);
    expect(files.read(path, 0)).toMatchObject({ code: "ENOENT" });
    writeFileSync(path, "a:3\n");
    expect(files.read(path, 0)).toEqual(new Map([["a", "3"]]));
  });

  test("gives what the system says of files that cannot be read", () => {
    const files = new ChangingFiles(parsePasswords);
    mkdirSync(join(dir, "folder"));
    expect(files.read(join(dir, "missing"), 0)).toMatchObject({ code: "ENOENT" });
    expect(files.read(join(dir, "folder"), 0)).toMatchObject({ code: "EISDIR" });
  });

  test("takes files of 16 MiB and no larger ones", () => {
    const files = new ChangingFiles(parsePasswords);
    const path = join(dir, "users");
    writeFileSync(path, "a:1\n");
    truncateSync(path, 16 * 1024 * 1024);
    expect(files.read(path, 0)).toBeInstanceOf(Map);
    truncateSync(path, 16 * 1024 * 1024 + 1);
    expect(files.read(path, 0)).toMatchObject({ code: "EFBIG" });
  });

  test("holds a hundred files and forgets the oldest", () => {
    const files = new ChangingFiles(parsePasswords);
    const paths = Array.from({ length: 101 }, (_, index) => join(dir, `users-${index}`));
    for (const path of paths) writeFileSync(path, "a:1\n");
    const read = paths.map((path) => files.read(path, 0));
    expect(files.read(paths[1] ?? "", 0)).toBe(read[1]);
    expect(files.read(paths[0] ?? "", 0)).not.toBe(read[0]);
  });
});
