import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../../../../src/config/diagnostic.ts";
import { parse } from "../../../../src/config/parser.ts";
import { createReport } from "../../../../src/config/report.ts";
import { createSource } from "../../../../src/config/source.ts";
import { createRecoding } from "../../../../src/modules/charset/recode.ts";
import { type CharsetMap, readCharsetMap } from "../../../../src/modules/charset/recode-table.ts";

/** Reads `charset_map from to { lines }`. */
function readMap(text: string): { readonly map: CharsetMap | undefined; readonly messages: readonly string[] } {
  const [statement] = parse(createSource("/t.conf", text)).statements;
  if (statement === undefined) throw new Error("No charset_map");
  const diagnostics: Diagnostic[] = [];
  const lines = (statement.block ?? []).map(({ name, args, span }) => ({ name, args, span }));
  const map = readCharsetMap(lines, createReport(statement, diagnostics), statement.args);
  return { map, messages: diagnostics.map(({ message }) => message) };
}

function mapOf(text: string): CharsetMap {
  const { map, messages } = readMap(text);
  if (map === undefined || messages.length > 0) throw new Error(`Bad map: ${messages.join()}`);
  return map;
}

function recode(table: CharsetMap["forward"], ...pieces: readonly string[]): string {
  const recoding = createRecoding(table);
  return Buffer.concat([...pieces.map((piece) => recoding.push(Buffer.from(piece, "latin1"))), recoding.flush()]).toString("latin1");
}

const latin = mapOf("charset_map iso-8859-1 utf-8 { E9 C3A9; 80 E282AC; }");

describe("a map of bytes", () => {
  const koi = mapOf("charset_map koi8-r windows-1251 { C1 E0; 5c 2F; }");
  test("goes both ways, with ? for what it does not name", () => {
    expect(recode(koi.forward, "a\xc1\\\xff")).toBe("a\xe0/?");
    expect(recode(koi.back, "\xe0/\xc1\\")).toBe("\xc1\\?\\");
  });
});

describe("a map to UTF-8", () => {
  test("gives each byte its sequence", () => {
    expect(recode(latin.forward, "\xe9 \x80 \xff a")).toBe("\xc3\xa9 \xe2\x82\xac ? a");
  });
});

describe("a map from UTF-8", () => {
  test("gives bytes, and references for characters that have none", () => {
    expect(recode(latin.back, "\xc3\xa9 \xe2\x82\xac \xc3\xa8 \xf0\x9f\x98\x80")).toBe("\xe9 \x80 &#232; &#128512;");
  });

  test.each([
    ["a lone continuation", "a\x80b", "a?b"],
    ["a byte that no sequence has", "a\xffb", "a?b"],
    ["a sequence that breaks off before ASCII", "a\xe2\x82<b", "a?<b"],
    ["a sequence that breaks off before another", "\xe2\xc3\xa9", "?\xe9"],
    ["an overlong form", "\xe0\x80\xaf", "?"],
    ["a code beyond Unicode", "\xf7\xbf\xbf\xbf", "?"],
    ["half a character at the end", "a\xc3", "a"],
  ])("%s becomes a question mark or nothing", (_name, text, expected) => {
    expect(recode(latin.back, text)).toBe(expected);
  });

  test("sequences may be cut anywhere", () => {
    const text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xe2\x82<\xff.";
    const expected = recode(latin.back, text);
    for (let i = 0; i <= text.length; i++) expect(recode(latin.back, text.slice(0, i), text.slice(i))).toBe(expected);
    expect(recode(latin.back, ...text)).toBe(expected);
  });

  test("plain ASCII is passed on as it is", () => {
    const piece = Buffer.from("plain");
    expect(createRecoding(latin.back).push(piece)).toBe(piece);
  });
});

test.each([
  ["charset_map a A { }", '"charset_map" between the same charsets "a" and "A"'],
  ["charset_map a b { 80; }", "invalid parameters number"],
  ["charset_map a b { 100 80; }", 'invalid value "100"'],
  ["charset_map a b { XY 80; }", 'invalid value "XY"'],
  ["charset_map a b { 80 8G; }", 'invalid value "8G"'],
  ["charset_map a utf-8 { 80 80; }", 'invalid value "80"'],
  ["charset_map a UTF-8 { 80 C3; }", 'invalid value "C3"'],
])("%s: %s", (text, message) => {
  expect(readMap(text).messages).toEqual([message]);
});
