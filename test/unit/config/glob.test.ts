import { describe, expect, it } from "vitest";
import { expandGlob, isGlob } from "../../../src/config/glob.ts";

const DIRECTORIES: Readonly<Record<string, readonly string[]>> = {
  "/": ["etc", "var"],
  "/etc/": ["b.conf", "a.conf", "C.conf", ".hidden.conf", "a b", "x*y", "x]y", "d", "é", "n1", "n2", "n^"],
  "/etc/d/": ["1.conf", "2.conf", "e"],
  "/etc/d/e/": ["deep.conf"],
  ".": ["here.conf"],
};
const expand = (pattern: string): readonly string[] => expandGlob(pattern, (directory) => DIRECTORIES[directory]);

describe("expandGlob()", () => {
  it.each<[string, readonly string[]]>([
    ["/etc/*.conf", ["/etc/C.conf", "/etc/a.conf", "/etc/b.conf"]],
    ["/etc/?.conf", ["/etc/C.conf", "/etc/a.conf", "/etc/b.conf"]],
    ["/etc/[ab].conf", ["/etc/a.conf", "/etc/b.conf"]],
    ["/etc/[!a].conf", ["/etc/C.conf", "/etc/b.conf"]],
    ["/etc/[^a].conf", ["/etc/C.conf", "/etc/b.conf"]],
    ["/etc/[a-b].conf", ["/etc/a.conf", "/etc/b.conf"]],
    ["/etc/[[:upper:]].conf", ["/etc/C.conf"]],
    ["/etc/n[[:digit:]^]", ["/etc/n1", "/etc/n2", "/etc/n^"]],
    ["/etc/n[1^]", ["/etc/n1", "/etc/n^"]],
    ["/etc/x[]]y", ["/etc/x]y"]],
    ["/etc/x\\*y", ["/etc/x*y"]],
    ["/etc/.h*", ["/etc/.hidden.conf"]],
    ["/etc/[.]h*", []],
    ["/etc/?hidden.conf", []],
    ["/*/d/*.conf", ["/etc/d/1.conf", "/etc/d/2.conf"]],
    ["/etc/*/e/deep.conf", ["/etc/d/e/deep.conf"]],
    ["/etc/*/nothing", []],
    ["/nowhere/*", []],
    ["/etc/a.c*f", ["/etc/a.conf"]],
    ["/etc/a.(x|conf)*", []],
    ["*.conf", ["here.conf"]],
    ["/etc/[a", []],
  ])("expands %s", (pattern, paths) => {
    expect(expand(pattern)).toEqual(paths);
  });

  it.each([
    ["a.conf", false],
    ["*.conf", true],
    ["a?", true],
    ["[a]", true],
    ["a]{b}", false],
  ])("isGlob() of %s is %s", (path, expected) => {
    expect(isGlob(path)).toBe(expected);
  });
});
