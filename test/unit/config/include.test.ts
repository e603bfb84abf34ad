import { describe, expect, it } from "vitest";
import type { ConfigReader } from "../../../src/config/config-reader.ts";
import { INCLUDE_DEPTH_MAX, type ReadConfig, readConfig } from "../../../src/config/include.ts";
import { listSources, printSources } from "../../../src/config/print.ts";
import { includersOf, placeOf } from "../../../src/config/source.ts";
import type { Statement } from "../../../src/config/tree.ts";

function readerOf(files: Readonly<Record<string, string>>): ConfigReader {
  return {
    read: (path) => {
      const text = files[path];
      return text === undefined ? { failure: `open() "${path}" failed (2: No such file or directory)` } : { text };
    },
    list: (directory) => {
      const inside = Object.keys(files).filter((path) => path.startsWith(directory));
      return inside.length === 0 ? undefined : [...new Set(inside.map((path) => path.slice(directory.length).split("/")[0] ?? ""))];
    },
  };
}

function read(files: Readonly<Record<string, string>>): ReadConfig {
  return readConfig({ path: "/c/main.conf", confPrefix: "/c/", reader: readerOf(files) });
}

function wordsOf(statements: readonly Statement[]): readonly unknown[] {
  return statements.map(({ name, block }) => (block === undefined ? name.text : [name.text, wordsOf(block)]));
}

describe("readConfig()", () => {
  it("splices included directives in their place, at any depth", () => {
    const { tree, diagnostics } = read({
      "/c/main.conf": "a; include one.conf; b { include /c/one.conf; c; }",
      "/c/one.conf": "d; e { include sub/two.conf; }",
      "/c/sub/two.conf": "f;",
    });
    expect(diagnostics).toEqual([]);
    expect(wordsOf(tree.statements)).toEqual(["a", "d", ["e", ["f"]], ["b", ["d", ["e", ["f"]], "c"]]]);
  });

  it("starts relative includes of included files from the main file's directory", () => {
    const { diagnostics } = read({
      "/c/main.conf": "include sub/one.conf;",
      "/c/sub/one.conf": "include two.conf;",
      "/c/sub/two.conf": "a;",
    });
    expect(diagnostics.map(({ message }) => message)).toEqual(['open() "/c/two.conf" failed (2: No such file or directory)']);
  });

  it("includes what a pattern matches in the order of bytes, and nothing without a mistake", () => {
    const { tree, diagnostics } = read({
      "/c/main.conf": "include s/*.conf; include s/*.none; include */z/?;",
      "/c/s/b.conf": "b;",
      "/c/s/a.conf": "a;",
      "/c/s/B.conf": "B;",
      "/c/s/.h.conf": "h;",
      "/c/s/z/1": "one;",
    });
    expect(diagnostics).toEqual([]);
    expect(wordsOf(tree.statements)).toEqual(["B", "a", "b", "one"]);
  });

  it("keeps the chain of includers on what it read", () => {
    const { tree } = read({ "/c/main.conf": "\ninclude one.conf;", "/c/one.conf": "\n\ninclude two.conf;", "/c/two.conf": "a;" });
    expect(tree.statements.map(({ span }) => includersOf(span.source).map(placeOf))).toEqual([["/c/one.conf:3", "/c/main.conf:2"]]);
  });

  it("reports a file that cannot be read where it is included, and the main file without a place", () => {
    const { diagnostics } = read({ "/c/main.conf": "include /x; a;" });
    expect(diagnostics).toMatchObject([
      { code: "include-failed", message: 'open() "/x" failed (2: No such file or directory)', span: { start: 8 } },
    ]);
    const [main] = read({}).diagnostics;
    expect(main?.message).toBe('open() "/c/main.conf" failed (2: No such file or directory)');
    expect(main).not.toHaveProperty("span");
  });

  it("stops at a file that includes itself, and names the circle", () => {
    const { diagnostics } = read({ "/c/main.conf": "include a.conf;", "/c/a.conf": "include b.conf;", "/c/b.conf": "include a.conf;" });
    expect(diagnostics).toMatchObject([
      { code: "include-cycle", message: '"/c/a.conf" includes itself', hint: '"/c/a.conf" includes "/c/b.conf" includes "/c/a.conf"' },
    ]);
  });

  it.each([
    [INCLUDE_DEPTH_MAX, []],
    [INCLUDE_DEPTH_MAX + 1, ["include-too-deep"]],
  ])("follows %i files in files", (depth, codes) => {
    const files: Record<string, string> = { "/c/main.conf": "include 1;" };
    for (let index = 1; index <= depth; index++) files[`/c/${index}`] = index === depth ? "a;" : `include ${index + 1};`;
    expect(read(files).diagnostics.map(({ code }) => code)).toEqual(codes);
  });

  it("checks the form of an include", () => {
    const { diagnostics } = read({ "/c/main.conf": "include; include a b; include a { }" });
    expect(diagnostics.map(({ code }) => code)).toEqual(["wrong-arity", "wrong-arity", "not-terminated"]);
  });

  it("reads the command line's directives before the file", () => {
    const reader = readerOf({ "/c/main.conf": "b;" });
    const { tree } = readConfig({ path: "/c/main.conf", confPrefix: "/c/", commandLine: "a;", reader });
    expect(wordsOf(tree.statements)).toEqual(["a", "b"]);
    expect(tree.statements.map(({ span }) => placeOf(span))).toEqual(["command line", "/c/main.conf:1"]);
  });
});

describe("listSources()", () => {
  it("gives each file once, in the order of reading", () => {
    const { tree } = read({ "/c/main.conf": "include a; include b; include a;", "/c/a": "x;", "/c/b": "include a;" });
    expect(listSources(tree).map(({ path }) => path)).toEqual(["/c/main.conf", "/c/a", "/c/b"]);
  });

  it("prints as nginx -T does", () => {
    const { tree } = read({ "/c/main.conf": "include a;", "/c/a": "x; # y" });
    expect(printSources(tree)).toBe("# configuration file /c/main.conf:\ninclude a;\n# configuration file /c/a:\nx; # y\n");
  });
});
