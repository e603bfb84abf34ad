import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Search } from "../../../../src/modules/sub-filter/search.ts";
import { Substitution } from "../../../../src/modules/sub-filter/substitution.ts";

interface Options {
  readonly once?: boolean;
  readonly releasesLines?: boolean;
}

/** What each piece lets go, and at the end what was held back. */
function substitute(pairs: readonly (readonly [string, string])[], pieces: readonly string[], options: Options = {}): string[] {
  const search = Search.of(pairs.map(([text]) => text));
  if (search === undefined) return [...pieces, ""];
  const { once = false, releasesLines = false } = options;
  const body = new Substitution(search, { replacementOf: (index) => pairs[index]?.[1] ?? "", once, releasesLines });
  return [...pieces.map((piece) => body.push(Buffer.from(piece, "latin1"))), body.flush()].map((given) => given.toString("latin1"));
}

function whole(...given: Parameters<typeof substitute>): string {
  return substitute(...given).join("");
}

describe("Substitution", () => {
  test.each([
    ["a text is replaced wherever it stands", [["b", "X"]], "abcb", "aXcX"],
    ["ASCII letters match in any case", [["AbC", "X"]], "abc ABC aBc", "X X X"],
    ["other letters match in their own", [["\xe9", "X"]], "\xe9 \xc9", "X \xc9"],
    ["no character has a meaning of its own", [["[.*]\\d$^", "X"]], "[.*]\\d$^ a", "X a"],
    [
      "the leftmost match counts, however short",
      [
        ["bcd", "X"],
        ["ab", "Y"],
      ],
      "abcd",
      "Ycd",
    ],
    [
      "of two in one place the first written counts",
      [
        ["ab", "X"],
        ["abc", "Y"],
      ],
      "abc",
      "Xc",
    ],
    [
      "what is put in is not searched",
      [
        ["a", "aa"],
        ["aa", "X"],
      ],
      "aab",
      "aaaab",
    ],
    ["what overlaps a match is no match", [["aba", "X"]], "ababa", "Xba"],
    ["an empty replacement takes away", [["b", ""]], "abc", "ac"],
    [
      "an empty text is found nowhere",
      [
        ["", "X"],
        ["b", "Y"],
      ],
      "abc",
      "aYc",
    ],
    ["line ends and zeros match too", [["\r\n\0", "X"]], "a\r\n\0b", "aXb"],
  ] as const)("%s", (_name, pairs, text, expected) => {
    expect(whole(pairs, [text])).toBe(expected);
  });

  test("once means once for each text", () => {
    expect(whole([["a", "1"], ["b", "2"]], ["aabb"], { once: true })).toBe("1a2b"); // biome-ignore format: a pair a text
    expect(whole([["a", "1"], ["a", "2"]], ["aaa"], { once: true })).toBe("12a"); // biome-ignore format: likewise
  });

  test("only what may become a match is held back", () => {
    expect(substitute([["</body>", "X"]], ["text </bo", "x </", "body> end"])).toEqual(["text ", "</box ", "X end", ""]);
  });

  test("after the last replacement of once nothing is held back", () => {
    expect(substitute([["abc", "X"]], ["abc ab", "c"], { once: true })).toEqual(["X ab", "c", ""]);
  });

  test("a longer text that was written first is waited for", () => {
    expect(substitute([["abcd", "X"], ["abc", "Y"]], ["abc", "d abc"])).toEqual(["", "X ", "Y"]); // biome-ignore format: likewise
  });

  test("lines of events are let go whole", () => {
    const pairs = [["\n\nid", "X"]] as const;
    expect(substitute(pairs, ["data: 1\n\n", "id: 2\n\n"])).toEqual(["data: 1", "X: 2", "\n\n"]);
    expect(substitute(pairs, ["data: 1\n\n", "id: 2\n\n"], { releasesLines: true })).toEqual(["data: 1\n\n", "id: 2\n\n", ""]);
  });

  test("a piece in which nothing changes is passed on as it is", () => {
    const search = Search.of(["x"]);
    if (search === undefined) throw new Error("No search");
    const piece = Buffer.from("abc");
    expect(new Substitution(search, { replacementOf: () => "", once: false, releasesLines: false }).push(piece)).toBe(piece);
  });

  test("however a body is cut, it comes out the same", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "A", "\xe9"), minLength: 1, maxLength: 4 });
    const pairs = fc.array(fc.tuple(word, fc.constantFrom("", "x", "ab")), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pairs, fc.array(word, { maxLength: 12 }), fc.boolean(), (all, pieces, once) => {
        expect(whole(all, pieces, { once })).toBe(whole(all, [pieces.join("")], { once }));
      }),
      { numRuns: 500 },
    );
  });
});
