import { describe, expect, it } from "vitest";
import { argsReader, named, optional, rest, word } from "../../../src/config/args.ts";
import { count, listOf, size, template, text } from "../../../src/config/values.ts";
import { readArgs } from "./read-arg.ts";

const log = argsReader({
  path: text(),
  format: optional(text(), "combined"),
  buffer: named(size(), undefined),
  flush: named(count(), 1, (arg) => `invalid flush time "${arg}"`),
  gzip: word(),
});
const zone = argsReader({ key: text(), zone: named(text()), rate: named(count()) });

describe("argsReader()", () => {
  it("fills what is not given with defaults, and adds the directive's place", () => {
    const outcome = readArgs("/a", log.read);
    expect(outcome.value).toEqual({
      path: "/a",
      format: "combined",
      buffer: undefined,
      flush: 1,
      gzip: false,
      span: { source: expect.anything(), start: 0, end: 7 },
    });
  });

  it("reads names and words in any order behind the required arguments", () => {
    const outcome = readArgs("/a gzip flush=5 main buffer=4k", log.read);
    expect(outcome.value).toMatchObject({ path: "/a", format: "main", buffer: 4096, flush: 5, gzip: true });
  });

  it("takes a required argument by its position, whatever it looks like", () => {
    expect(readArgs("gzip buffer=1", log.read).value).toMatchObject({ path: "gzip", buffer: 1, gzip: false });
  });

  it("reads a value that holds an equals sign", () => {
    expect(readArgs("/a main", argsReader({ path: text(), if: named(text(), "") }).read).messages).toEqual(['invalid parameter "main"']);
    expect(readArgs("/a if=b=c", argsReader({ path: text(), if: named(text(), "") }).read).value).toMatchObject({ if: "b=c" });
  });

  it.each([
    ["/a main extra", ['invalid parameter "extra"']],
    ["/a main bufer=4k", ['invalid parameter "bufer=4k"']],
    ["/a buffer=x", ['"name" directive invalid value']],
    ["/a flush=x", ['invalid flush time "flush=x"']],
    ["/a main one two", ['invalid parameter "one"', 'invalid parameter "two"']],
  ])("refuses %s", (raw, messages) => {
    expect(readArgs(raw, log.read)).toMatchObject({ value: undefined, messages });
  });

  it("hints at the nearest parameter", () => {
    expect(readArgs("/a main bufer=4k", log.read).diagnostics).toMatchObject([{ hint: 'did you mean "buffer"?' }]);
  });

  it("asks for every named argument that must be there", () => {
    expect(readArgs("k rate=1", zone.read).messages).toEqual(['"name" must have "zone" parameter']);
    expect(readArgs("k rate=1 zone=z", zone.read).value).toMatchObject({ key: "k", zone: "z", rate: 1 });
  });

  it("knows the place of a named value's parts", () => {
    const outcome = readArgs("if=$a", argsReader({ if: named(template()) }).read);
    expect(outcome.value).toMatchObject({ if: { text: "$a", parts: [{ variable: "a", span: { start: 8, end: 10 } }] } });
  });

  it("gives the rest to one list", () => {
    const reader = argsReader({ key: text(), quick: word(), all: rest(listOf(count())) });
    expect(reader.arity).toEqual([2, Number.POSITIVE_INFINITY]);
    expect(readArgs("k 1 quick 2", reader.read).value).toMatchObject({ key: "k", quick: true, all: [1, 2] });
  });

  it("counts its arguments and shows its syntax", () => {
    expect(log.arity).toEqual([1, 5]);
    expect(zone.arity).toEqual([3, 3]);
    expect(log.syntax).toBe("path [format] [buffer=size] [flush=number] [gzip]");
    expect(zone.syntax).toBe("key zone=string rate=number");
  });
});
