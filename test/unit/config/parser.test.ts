import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BLOCK_DEPTH_MAX, parse } from "../../../src/config/parser.ts";
import { printTree } from "../../../src/config/print.ts";
import { createCommandLineSource, createSource } from "../../../src/config/source.ts";
import type { Statement } from "../../../src/config/tree.ts";

type Shape = readonly [words: readonly string[], block?: readonly Shape[]];

function shapeOf(statement: Statement): Shape {
  const words = [statement.name, ...statement.args].map((arg) => arg.text);
  return statement.block === undefined ? [words] : [words, statement.block.map(shapeOf)];
}

const parseText = (text: string) => parse(createSource("/t.conf", text));
const shapesOf = (text: string): readonly Shape[] => parseText(text).statements.map(shapeOf);
const mistakesOf = (text: string) => parseText(text).diagnostics.map(({ message, span }) => [message, span?.start]);

describe("parse()", () => {
  it("makes directives and blocks", () => {
    expect(shapesOf("a; b c d; e f { g; h {} } i;")).toEqual([
      [["a"]],
      [["b", "c", "d"]],
      [
        ["e", "f"],
        [[["g"]], [["h"], []]],
      ],
      [["i"]],
    ]);
  });

  it("spans a directive from its name to its last argument", () => {
    const [first] = parseText("  a b\n 'c' ;").statements;
    expect(first?.span).toMatchObject({ start: 2, end: 10 });
  });

  it("collects every mistake and keeps what is right", () => {
    const text = "; a; } b; { c; } d\n} e { f; g } h;";
    expect(mistakesOf(text)).toEqual([
      ['unexpected ";"', 0],
      ['unexpected "}"', 5],
      ['unexpected "{"', 10],
      ['unexpected "}"', 19],
      ['unexpected "}"', 30],
    ]);
    expect(shapesOf(text)).toEqual([[["a"]], [["b"]], [["d"]], [["e"], [[["f"]], [["g"]]]], [["h"]]]);
  });

  it("drops a directive whose words hold a mistake, and no other", () => {
    expect(shapesOf('a "b"c; d "e"f { g; }')).toEqual([[["d", "e", "f"], [[["g"]]]]]);
  });

  it("says once where the text ends too early, and which block is open", () => {
    const { diagnostics, statements } = parseText("a {\n  b {\n c;");
    expect(diagnostics).toMatchObject([{ message: 'unexpected end of file, expecting "}"', hint: '"b" opened in line 2 is not closed' }]);
    expect(statements.map(shapeOf)).toEqual([[["a"], [[["b"], [[["c"]]]]]]]);
  });

  it("says nothing of open blocks when the text ends inside a word", () => {
    expect(mistakesOf("a { b 'c")).toHaveLength(1);
    expect(mistakesOf("a { b c")).toHaveLength(1);
    expect(mistakesOf("a { b ")).toHaveLength(1);
  });

  it("refuses blocks and a missing semicolon in the command line's directives", () => {
    const { diagnostics } = parse(createCommandLineSource("a { b; } c d"));
    expect(diagnostics.map(({ message }) => message)).toEqual([
      "block directives are not supported in -g option",
      'unexpected end of parameter, expecting ";"',
    ]);
  });

  it.each([-1, 0, 1])("limits how deep blocks nest, at %i past the limit", (past) => {
    const depth = BLOCK_DEPTH_MAX + past;
    const { diagnostics } = parseText(`${"a {".repeat(depth)}${"}".repeat(depth)} b;`);
    expect(diagnostics.map(({ code }) => code)).toEqual(past > 0 ? ["blocks-too-deep"] : []);
  });

  it("reads a hundred thousand open blocks without overflowing the stack", () => {
    const codes = parseText("a {".repeat(100_000)).diagnostics.map(({ code }) => code);
    expect(codes).toEqual(["blocks-too-deep", "unexpected-end"]);
  });
});

const word = fc.string({
  unit: fc.constantFrom("a", "B", " ", "\n", "\t", "\\", '"', "'", "$", "{", "}", ";", "#", ")", "\xe9", "t", "n"),
  maxLength: 8,
});
const arg = fc.record({ text: word, quoted: fc.boolean() });

interface Printable {
  readonly name: { readonly text: string; readonly quoted: boolean };
  readonly args: readonly { readonly text: string; readonly quoted: boolean }[];
  readonly block: readonly Printable[] | undefined;
}

const { statement } = fc.letrec<{ statement: Printable }>((tie) => ({
  statement: fc.record({
    name: arg,
    args: fc.array(arg, { maxLength: 3 }),
    block: fc.option(fc.array(tie("statement"), { maxLength: 3 }), { nil: undefined, maxDepth: 3 }),
  }),
}));

describe("printTree()", () => {
  it("prints what parses to the same tree", () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 4 }), (statements) => {
        const asTree = statements as unknown as readonly Statement[];
        const parsed = parseText(printTree(asTree));
        expect(parsed.diagnostics).toEqual([]);
        expect(parsed.statements.map(shapeOf)).toEqual(asTree.map(shapeOf));
      }),
      { numRuns: 1000 },
    );
  });

  it("quotes only what needs it", () => {
    const [first] = parseText("location ~ \\.php$ { set $a ${b}c; x 'a b' \"\" '#'; }").statements;
    expect(printTree(first === undefined ? [] : [first])).toBe('location ~ \\.php$ {\n    set $a ${b}c;\n    x "a b" "" "#";\n}\n');
  });
});
