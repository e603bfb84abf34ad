import { describe, expect, it } from "vitest";
import type { CompiledLocation } from "../../../../src/http/compiled.ts";
import { evaluateCondition } from "../../../../src/modules/ssi/evaluate-condition.ts";
import { evaluateText, SsiMistake } from "../../../../src/modules/ssi/evaluate-text.ts";
import { includeTarget } from "../../../../src/modules/ssi/include-uri.ts";
import { SsiValues } from "../../../../src/modules/ssi/ssi-values.ts";
import { makeRequest } from "../../make-request.ts";

function makeValues(own: Readonly<Record<string, string>> = {}): SsiValues {
  // The cast holds because nothing is asked of the location.
  const r = makeRequest({} as unknown as CompiledLocation);
  const values = new SsiValues(r, (name) => (name === "uri" ? { evaluate: () => "/page", isBuiltIn: true } : undefined));
  for (const [name, value] of Object.entries(own)) values.set(name, value);
  return values;
}

describe("evaluateText()", () => {
  it.each([
    ["plain", "plain"],
    ["$a$b", "12"],
    ["${a}b", "1b"],
    ["$A", "1"],
    ["[$uri]", "[/page]"],
    ["[$nothing]", "[]"],
    ["\\$a \\\\ \\\" \\' \\n", "$a \\ \" ' \\n"],
    ["ends\\", "ends"],
  ])("makes of %j %j", (text, value) => {
    expect(evaluateText(text, makeValues({ a: "1", b: "2" }))).toBe(value);
  });

  it.each(["$", "a$ b", "${}", "${a", "$-"])("finds no variable in %j", (text) => {
    expect(evaluateText(text, makeValues())).toBeInstanceOf(SsiMistake);
  });
});

describe("evaluateCondition()", () => {
  it.each([
    ["$a", true],
    ["$nothing", false],
    ["$a = 1", true],
    ["$a=1", true],
    ["$a != 1", false],
    ["$a = $b", false],
    ["$uri = /^\\/(?P<name>p)/", true],
    ["$uri != /x/", true],
    ["$uri = \\/page", true],
  ])("finds %j %s", (expression, holds) => {
    expect(evaluateCondition(expression, makeValues({ a: "1", b: "2" }))).toBe(holds);
  });

  it.each(["$a ~ 1", "$a = /1", "$a = /(/", "$a ! 1"])("cannot read %j", (expression) => {
    expect(evaluateCondition(expression, makeValues())).toBeInstanceOf(SsiMistake);
  });

  it("keeps what a pattern found", () => {
    const values = makeValues({ a: "ab" });
    expect(evaluateCondition("$a = /(?P<first>a)(x)?/", values)).toBe(true);
    expect(["0", "1", "2", "3", "first"].map((name) => values.get(name))).toEqual(["a", "a", "", undefined, "a"]);
  });
});

describe("includeTarget()", () => {
  it.each([
    ["/x?a=b", "/x", "a=b"],
    ["x", "/dir/x", ""],
    ["", "/dir/", ""],
    ["/a%20b?c%20d", "/a b", "c%20d"],
    ["/..x", "/..x", ""],
  ])("leads from %j to %j", (text, uri, args) => {
    expect(includeTarget(text, "/dir/page")).toMatchObject({ uri, args });
  });

  it.each(["/../x", "..", "/a/..", "/%2e%2e/x", "/%2E./x", "/a%00", "?a", "x/../../y"])("refuses %j", (text) => {
    const from = text === "?a" ? "" : "/dir/page";
    expect(includeTarget(text, from)).toBeUndefined();
  });
});
