import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../../src/config/diagnostic.ts";
import { createLexer, type Token } from "../../../src/config/lexer.ts";
import { createSource } from "../../../src/config/source.ts";

function lex(text: string): { readonly tokens: readonly Token[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const lexer = createLexer(createSource("/t.conf", text), diagnostics);
  const tokens: Token[] = [];
  for (let token = lexer.next(); token.kind !== "end"; token = lexer.next()) tokens.push(token);
  return { tokens, diagnostics };
}

const textsOf = (text: string): readonly string[] => lex(text).tokens.map((token) => token.text);
const messagesOf = (text: string): readonly string[] => lex(text).diagnostics.map((diagnostic) => diagnostic.message);

describe("lexer", () => {
  it.each<[string, readonly string[]]>([
    ["a b;", ["a", "b", ";"]],
    ["a\t\r\n b ;", ["a", "b", ";"]],
    ["a{b;}", ["a", "{", "b", ";", "}"]],
    ["a b}c;", ["a", "b}c", ";"]],
    ["a }c;", ["a", "}", "c", ";"]],
    ["a b#c;", ["a", "b#c", ";"]],
    ["a #b;\nc;", ["a", "c", ";"]],
    ["#a\n#b", []],
    ["a ${b}c;", ["a", "${b}c", ";"]],
    ["a ${{b};", ["a", "${{b}", ";"]],
    ["a $;", ["a", "$", ";"]],
    ["a \\${b};", ["a", "\\$", "{", "b}", ";"]],
    ["a $\\{b;", ["a", "$\\{b", ";"]],
    ["a b\\ c;", ["a", "b\\ c", ";"]],
    ["a b\\;c;", ["a", "b\\;c", ";"]],
    ["a \\#b;", ["a", "\\#b", ";"]],
    ["a b'c\"d;", ["a", "b'c\"d", ";"]],
    ['a "";', ["a", "", ";"]],
    ['a "b c;{}#$";', ["a", "b c;{}#$", ";"]],
    ["a 'b\"c';", ["a", 'b"c', ";"]],
    ["a 'b\\'c';", ["a", "b'c", ";"]],
    ['a "\\"\\\'\\\\\\t\\r\\n\\x\\d";', ["a", "\"'\\\t\r\n\\x\\d", ";"]],
    ["a \\t\\\\n;", ["a", "\t\\n", ";"]],
    ['a "b"{', ["a", "b", "{"]],
    ['a ("b");', ["a", '("b")', ";"]],
    ['if ($a = "b") {', ["if", "($a", "=", "b", ")", "{"]],
    ["\xef\xbb\xbfa;", ["a", ";"]],
    ["\xe9\xff;", ["\xe9\xff", ";"]],
    ["a\x00b;", ["a\x00b", ";"]],
  ])("reads %j", (text, texts) => {
    expect(messagesOf(text)).toEqual([]);
    expect(textsOf(text)).toEqual(texts);
  });

  it("keeps the span of a quoted word, quotes included", () => {
    const [, word] = lex('ab "c d";').tokens;
    expect(word).toMatchObject({ quoted: true, span: { start: 3, end: 8 } });
  });

  it("keeps offsets behind a byte order mark", () => {
    expect(lex("\xef\xbb\xbfab;").tokens[0]).toMatchObject({ span: { start: 3, end: 5 } });
  });

  it("goes on behind a misplaced character", () => {
    const { tokens, diagnostics } = lex('a "b"c; d;');
    expect(diagnostics).toMatchObject([{ code: "unexpected-character", message: 'unexpected "c"', span: { start: 5, end: 6 } }]);
    expect(tokens.map((token) => token.text)).toEqual(["a", "b", "c", ";", "d", ";"]);
  });

  it("names the quote that is never closed", () => {
    const { diagnostics } = lex("a 'b;\nc;");
    const message = 'unexpected end of file, expecting ";" or "}"';
    expect(diagnostics).toMatchObject([{ code: "unexpected-end", message, span: { start: 2, end: 3 } }]);
  });

  it.each([
    [4095, 'unexpected end of file, expecting ";" or "}"'],
    [4096, 'too long parameter, probably missing terminating "\'" character'],
  ])("words an unclosed quote before %i bytes as nginx does", (length, message) => {
    expect(messagesOf(`a '${"b".repeat(length)}`)).toEqual([message]);
  });

  it("never throws and keeps every span within the text, in order, whatever the bytes", () => {
    const pieces = fc.constantFrom(
      " ",
      "\n",
      ";",
      "{",
      "}",
      '"',
      "'",
      "\\",
      "$",
      "${",
      "#",
      "a",
      "bc",
      ")",
      "\x00",
      "\xef\xbb\xbf",
      "\xff",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const text = parts.join("");
        const { tokens, diagnostics } = lex(text);
        let last = 0;
        for (const { span } of tokens) {
          expect(span.start).toBeGreaterThanOrEqual(last);
          expect(span.end).toBeGreaterThan(span.start);
          last = span.end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
        for (const { span } of diagnostics) expect(span !== undefined && span.end <= text.length).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
