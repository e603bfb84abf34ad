import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { HeldPidFile } from "../../../src/process/held-pid-file.ts";
import { createPrefix, removePrefix } from "../../harness/temporary-prefix.ts";

const OWN = `${process.pid}\n`;
let dir = "";
beforeEach(() => {
  dir = createPrefix();
});
afterEach(() => removePrefix(dir));

const read = (name: string): string => (existsSync(`${dir}/${name}`) ? readFileSync(`${dir}/${name}`, "latin1") : "");

describe("HeldPidFile", () => {
  test("moves, and removes where it was", () => {
    const file = new HeldPidFile();
    file.moveTo(`${dir}/a`);
    file.moveTo(`${dir}/b`);
    expect([read("a"), read("b")]).toEqual(["", OWN]);
    file.remove();
    expect(read("b")).toBe("");
  });

  test("makes room for another program and takes its place back", () => {
    const file = new HeldPidFile();
    file.moveTo(`${dir}/a`);
    file.setAside();
    expect([read("a"), read("a.oldbin")]).toEqual(["", OWN]);
    file.takeBack();
    expect([read("a"), read("a.oldbin")]).toEqual([OWN, ""]);
  });

  test("set aside, leaves the other program's file alone when it moves or goes", () => {
    const file = new HeldPidFile();
    file.moveTo(`${dir}/a`);
    file.setAside();
    writeFileSync(`${dir}/a`, "1\n");
    file.moveTo(`${dir}/b`);
    expect([read("a"), read("a.oldbin"), read("b"), read("b.oldbin")]).toEqual(["1\n", "", "", OWN]);
    file.remove();
    expect([read("a"), read("b.oldbin")]).toEqual(["1\n", ""]);
  });

  test("refuses what the system refuses, in nginx's words", () => {
    expect(() => new HeldPidFile().moveTo(`${dir}/none/a`)).toThrow(/^open\(\) ".*" failed \(2: No such file or directory\)$/);
  });
});
