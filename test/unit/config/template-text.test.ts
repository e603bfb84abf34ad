import { describe, expect, it } from "vitest";
import { constantTemplate, parseTemplateText, type TemplateText } from "../../../src/config/template-text.ts";
import { readArg } from "./read-arg.ts";

const read = (raw: string) => readArg(raw, { syntax: "", read: parseTemplateText });

/** Literal texts as they are, variables as one-element lists. */
function partsOf(template: TemplateText | undefined): readonly unknown[] | undefined {
  return template?.parts.map((part) => (typeof part === "string" ? part : [part.variable]));
}

describe("parseTemplateText()", () => {
  it.each<[string, readonly unknown[]]>([
    ["plain", ["plain"]],
    ['""', []],
    ["$a", [["a"]]],
    ["$a$b", [["a"], ["b"]]],
    ["x$a-y", ["x", ["a"], "-y"]],
    ["$a_1Z.z", [["a_1Z"], ".z"]],
    ["${a}b", [["a"], "b"]],
    ["x${a}${b}", ["x", ["a"], ["b"]]],
    ["$1", [["1"]]],
    ["$10", [["1"], "0"]],
    ["$1$2x", [["1"], ["2"], "x"]],
    ["$0", [["0"]]],
    ["$a}", [["a"], "}"]],
    ['"a{b}"', ["a{b}"]],
    ['"a $b c"', ["a ", ["b"], " c"]],
  ])("takes %s apart", (raw, parts) => {
    const outcome = read(raw);
    expect(outcome.messages).toEqual([]);
    expect(partsOf(outcome.value)).toEqual(parts);
  });

  it.each([
    ['"$"', "invalid variable name"],
    ["$\xe9", "invalid variable name"],
    ['"a$ b"', "invalid variable name"],
    ['"a$$b"', "invalid variable name"],
    ['"${}"', "invalid variable name"],
    ['"${1}"', 'unknown "1" variable'],
    ['"${"', "invalid variable name"],
    ['"${a"', 'the closing bracket in "a" variable is missing'],
    ['"${a b}"', 'the closing bracket in "a" variable is missing'],
    ['"${-}"', 'the closing bracket in "" variable is missing'],
  ])("refuses %s", (raw, message) => {
    expect(read(raw)).toMatchObject({ value: undefined, messages: [message] });
  });

  it("knows where each variable stands, quoted or not", () => {
    expect(read("x$ab-y").value?.parts[1]).toMatchObject({ variable: "ab", span: { start: 6, end: 9 } });
    expect(read('"x${ab}"').value?.parts[1]).toMatchObject({ variable: "ab", span: { start: 7, end: 12 } });
  });

  it("gives the whole argument's place where escapes make offsets differ", () => {
    expect(read('"\\"$a"').value?.parts[1]).toMatchObject({ variable: "a", span: { start: 5, end: 11 } });
  });
});

describe("constantTemplate()", () => {
  it("has no variables, and no parts when empty", () => {
    expect(constantTemplate("$a")).toEqual({ text: "$a", span: undefined, parts: ["$a"] });
    expect(constantTemplate("").parts).toEqual([]);
  });
});
