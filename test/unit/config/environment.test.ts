import { describe, expect, it } from "vitest";
import { fillEnvironment } from "../../../src/config/environment.ts";
import { parse } from "../../../src/config/parser.ts";
import { createSource } from "../../../src/config/source.ts";
import type { Statement } from "../../../src/config/tree.ts";

const ENVIRONMENT = { PORT: "8080", EMPTY: "", DOLLAR: "a$b", UTF8: "é", SPACED: "a b;c {", LONG_9: "x" };

function fill(text: string) {
  const source = createSource("test.conf", text);
  const { statements, diagnostics } = parse(source);
  expect(diagnostics).toEqual([]);
  const tree = { statements, sources: [source] };
  const filled = fillEnvironment(tree, ENVIRONMENT);
  const mistakes = filled.diagnostics.map(({ code, span }) => [code, text.slice(span?.start, span?.end)]);
  return { tree, filled, mistakes, words: words(filled.tree.statements) };
}

/** Directives as lists of words, blocks in their places. */
function words(statements: readonly Statement[]): unknown[] {
  return statements.map(({ name, args, block }) => [
    name.text,
    ...args.map((arg) => arg.text),
    ...(block === undefined ? [] : [words(block)]),
  ]);
}

describe("fillEnvironment()", () => {
  it("puts values into words at any depth, whole or in part", () => {
    const { words, mistakes } = fill(
      'env_var PORT; http { server { listen 127.0.0.1:${env:PORT} b; add_header X "p${env:PORT}-${env:PORT}"; } }',
    );
    expect(mistakes).toEqual([]);
    expect(words).toEqual([
      ["env_var", "PORT", "8080"],
      [
        "http",
        [
          [
            "server",
            [
              ["listen", "127.0.0.1:8080", "b"],
              ["add_header", "X", "p8080-8080"],
            ],
          ],
        ],
      ],
    ]);
  });

  it("leaves nginx's variables alone", () => {
    const { tree, filled } = fill("http { set $a $uri${uri}$env_PORT${PORT}$PORT; }");
    expect(filled.tree).toBe(tree);
  });

  it("does not lengthen a variable that stands before a value", () => {
    const { words, mistakes } = fill(
      "env_var PORT; env_var EMPTY; a $uri${env:PORT} $a$b${env:EMPTY}c ${uri}${env:PORT} $1${env:PORT}${env:PORT};",
    );
    expect([mistakes, words.at(-1)]).toEqual([[], ["a", "${uri}8080", "$a${b}c", "${uri}8080", "$180808080"]]);
  });

  it("takes the default only for what is not set", () => {
    const { words, mistakes, filled } = fill(
      "env_var PORT 1; env_var GONE 'a b'; env_var EMPTY x; a ${env:PORT} ${env:GONE} ${env:EMPTY};",
    );
    expect(mistakes).toEqual([]);
    expect(words.at(-1)).toEqual(["a", "8080", "a b", ""]);
    expect(filled.names).toEqual(["PORT", "GONE", "EMPTY"]);
  });

  it("takes what env sets before the environment", () => {
    const { words, mistakes } = fill(
      "env PORT=1; env GONE=2=\xc3\xa9; env EMPTY; env_var PORT; env_var GONE; env_var EMPTY 3; a ${env:PORT} ${env:GONE} ${env:EMPTY};",
    );
    expect([mistakes, words.at(-1)]).toEqual([[], ["a", "1", "2=\xc3\xa9", ""]]);
  });

  it("declares wherever it stands outside of blocks", () => {
    expect(fill("a ${env:PORT}; env_var PORT;").words).toEqual([
      ["a", "8080"],
      ["env_var", "PORT", "8080"],
    ]);
  });

  it("keeps one word one word", () => {
    expect(fill("env_var SPACED; a ${env:SPACED}b;").words.at(-1)).toEqual(["a", "a b;c {b"]);
  });

  it("gives bytes", () => {
    expect(fill("env_var UTF8; a ${env:UTF8};").words.at(-1)).toEqual(["a", "\xc3\xa9"]);
  });

  it("fills names of lines too", () => {
    expect(fill("env_var PORT; map $a $b { ${env:PORT} x; }").words.at(-1)).toEqual(["map", "$a", "$b", [["8080", "x"]]]);
  });

  it.each([
    ["env_var GONE;", "unset-environment-variable", "GONE"],
    ["a b${env:PORT};", "undeclared-environment-variable", "${env:PORT}"],
    ["env_var PORT; a ${env:port};", "undeclared-environment-variable", "${env:port}"],
    ["a '${env:}';", "undeclared-environment-variable", "${env:}"],
    ["env_var PORT; a '${env:PORT';", "invalid-value", "${env:PORT"],
    ["env_var PORT; a x$${env:PORT};", "invalid-value", "$${env:PORT}"],
    ["env_var PORT; a '${${env:PORT}}';", "invalid-value", "${${env:PORT}"],
    ["env_var PORT; a '${x${env:PORT}';", "invalid-value", "${x${env:PORT}"],
    ["env_var DOLLAR; a ${env:DOLLAR};", "variable-in-environment", "${env:DOLLAR}"],
    ["env_var 9A;", "invalid-environment-name", "9A"],
    ["env_var a-b;", "invalid-environment-name", "a-b"],
    ["env_var PORT; env_var port 1;", "duplicate-environment-variable", "port"],
  ])("%s is refused where the mistake is", (text, code, at) => {
    expect(fill(text).mistakes).toEqual([[code, at]]);
  });

  it("takes a value with a dollar sign that nothing puts into a word", () => {
    expect(fill("env_var DOLLAR;").mistakes).toEqual([]);
  });

  it("leaves a wrong number of arguments to the binder", () => {
    expect(fill("env_var; env_var PORT a b;").mistakes).toEqual([]);
  });
});
