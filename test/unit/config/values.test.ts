import { describe, expect, it } from "vitest";
import { either, type Value, wordedAs } from "../../../src/config/value.ts";
import {
  count,
  flag,
  int,
  keyword,
  listOf,
  oneOf,
  rate,
  regexText,
  size,
  statusCode,
  text,
  time,
  variableName,
  words,
} from "../../../src/config/values.ts";
import { readArg, readArgs } from "./read-arg.ts";

describe("values", () => {
  it.each<[string, Value<unknown>, string, unknown]>([
    ["flag", flag(), "on", true],
    ["flag", flag(), "OFF", false],
    ["size", size(), "4k", 4096],
    ["time", time(), "1m", 60_000],
    ["count", count(), "0", 0],
    ["int", int(1, 9), "9", 9],
    ["int", int(1), "100000", 100_000],
    ["statusCode", statusCode(400, 599), "400", 400],
    ["rate", rate(), "10r/s", 10],
    ["rate", rate(), "30r/m", 0.5],
    ["text", text(), '"a b"', "a b"],
    ["keyword", keyword("off"), "off", "off"],
    ["oneOf", oneOf("all", "any"), "ANY", "any"],
    ["variableName", variableName(), "$a", "a"],
  ])("%s reads", (_, value, raw, expected) => {
    expect(readArg(raw, value)).toMatchObject({ value: expected, messages: [] });
  });

  it.each<[string, Value<unknown>, string, string]>([
    ["flag", flag(), "yes", 'invalid value "yes" in "name" directive, it must be "on" or "off"'],
    ["flag", flag(), "constructor", 'invalid value "constructor" in "name" directive, it must be "on" or "off"'],
    ["size", size(), "4x", '"name" directive invalid value'],
    ["time", time(), "4x", '"name" directive invalid value'],
    ["count", count(), "x", '"name" directive invalid number'],
    ["int", int(1, 9), "x", '"name" directive invalid number'],
    ["int", int(1, 9), "0", "value must be between 1 and 9"],
    ["int", int(1, 9), "10", "value must be between 1 and 9"],
    ["int", int(1), "0", "value must be equal to or greater than 1"],
    ["rate", rate(), "0r/s", 'invalid rate "0r/s"'],
    ["rate", rate(), "10", 'invalid rate "10"'],
    ["keyword", keyword("off"), "OFF", 'invalid value "OFF"'],
    ["oneOf", oneOf("all", "any"), "some", 'invalid value "some"'],
    ["variableName", variableName(), "a", 'invalid variable name "a"'],
    ["variableName", variableName(), "$", 'invalid variable name "$"'],
  ])("%s refuses in nginx's words", (_, value, raw, message) => {
    expect(readArg(raw, value)).toMatchObject({ value: undefined, messages: [message], diagnostics: [{ span: { start: 5 } }] });
  });

  it("regexText keeps the pattern and its place", () => {
    expect(readArg("\\.php$", regexText()).value).toMatchObject({ pattern: "\\.php$", span: { start: 5, end: 11 } });
  });

  it("words warns of a word that stands twice and keeps the order", () => {
    const outcome = readArgs("b a B", words("a", "b").read);
    expect(outcome).toMatchObject({ value: ["b", "a"], messages: ['duplicate value "B"'], diagnostics: [{ level: "warn" }] });
  });

  it("listOf reads every argument alike and stops at the first mistake", () => {
    expect(readArgs("1 2 3", listOf(count()).read).value).toEqual([1, 2, 3]);
    expect(readArgs("1 x y", listOf(count()).read)).toMatchObject({ value: undefined, messages: ['"name" directive invalid number'] });
  });

  it("either takes the first that fits, and complains as the last", () => {
    const value = either(keyword("off"), keyword("auto"), time());
    expect(value.syntax).toBe("off | auto | time");
    expect(readArg("off", value).value).toBe("off");
    expect(readArg("auto", value).value).toBe("auto");
    expect(readArg("1s", value).value).toBe(1000);
    expect(readArg("x", value).messages).toEqual(['"name" directive invalid value']);
  });

  it("wordedAs changes only the complaint", () => {
    const value = wordedAs(size(), (given) => `invalid zone size "${given}"`);
    expect(readArg("1k", value).value).toBe(1024);
    expect(readArg("x", value).messages).toEqual(['invalid zone size "x"']);
  });
});
