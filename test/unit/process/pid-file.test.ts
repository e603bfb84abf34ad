import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PidFileError, pidPathOf, readPidFile, removePidFile, writePidFile } from "../../../src/process/pid-file.ts";
import { createPrefix, removePrefix } from "../../harness/temporary-prefix.ts";

let dir = "";
beforeEach(() => {
  dir = createPrefix();
});
afterEach(() => removePrefix(dir));

describe("pidPathOf()", () => {
  test("puts a relative path below the prefix and has a default", () => {
    expect(pidPathOf("run/x.pid", "/srv/")).toBe("/srv/run/x.pid");
    expect(pidPathOf("/run/x.pid", "/srv/")).toBe("/run/x.pid");
    expect(pidPathOf(undefined, "/srv/")).toBe("/srv/logs/foregate.pid");
  });
});

describe("writePidFile()", () => {
  test("leaves one file with the pid and a line end, over an older one", () => {
    writeFileSync(`${dir}/x.pid`, "1\n");
    writePidFile(`${dir}/x.pid`, 42);
    expect(readFileSync(`${dir}/x.pid`, "latin1")).toBe("42\n");
    expect(readdirSync(dir)).toEqual(["x.pid"]);
  });

  test("writes to a device and does not replace it", () => {
    writePidFile("/dev/null", 42);
    removePidFile("/dev/null", 42);
    expect(existsSync("/dev/null")).toBe(true);
    expect(readFileSync("/dev/null", "latin1")).toBe("");
  });

  test("fails in nginx's words", () => {
    expect(() => writePidFile(`${dir}/none/x.pid`, 42)).toThrow(
      new PidFileError(`open() "${dir}/none/x.pid" failed (2: No such file or directory)`),
    );
  });
});

describe("removePidFile()", () => {
  test("removes the file that holds the pid", () => {
    writePidFile(`${dir}/x.pid`, 42);
    removePidFile(`${dir}/x.pid`, 42);
    expect(readdirSync(dir)).toEqual([]);
  });

  test("leaves another process's file, and bears that there is none", () => {
    writePidFile(`${dir}/x.pid`, 43);
    removePidFile(`${dir}/x.pid`, 42);
    removePidFile(`${dir}/none.pid`, 42);
    expect(readdirSync(dir)).toEqual(["x.pid"]);
  });
});

describe("readPidFile()", () => {
  test.each(["7", "7\n", "7\r\n"])("reads %j", (text) => {
    writeFileSync(`${dir}/x.pid`, text);
    expect(readPidFile(`${dir}/x.pid`)).toBe(7);
  });

  test.each([
    ["", ""],
    ["\n", ""],
    ["abc\n", "abc"],
    ["-1", "-1"],
    ["0", "0"],
    ["7 8", "7 8"],
  ])("refuses %j", (text, shown) => {
    writeFileSync(`${dir}/x.pid`, text);
    expect(() => readPidFile(`${dir}/x.pid`)).toThrow(new PidFileError(`invalid PID number "${shown}" in "${dir}/x.pid"`));
  });

  test("fails in nginx's words where there is none", () => {
    mkdirSync(`${dir}/d`);
    expect(() => readPidFile(`${dir}/d/x.pid`)).toThrow(`open() "${dir}/d/x.pid" failed (2: No such file or directory)`);
  });
});
