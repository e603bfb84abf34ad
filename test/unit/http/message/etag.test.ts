import { describe, expect, it } from "vitest";
import { fileEntityTag, matchesEntityTag, weakenEntityTag } from "../../../../src/http/message/etag.ts";

describe("fileEntityTag()", () => {
  it("is nginx's: seconds and size in hexadecimal", () => {
    expect(fileEntityTag(0x6b02f926, 11)).toBe('"6b02f926-b"');
  });
});

describe("weakenEntityTag()", () => {
  it("marks strong tags, keeps weak ones and gives up the rest", () => {
    expect([weakenEntityTag('"a"'), weakenEntityTag('W/"a"'), weakenEntityTag("a"), weakenEntityTag("")]).toEqual([
      'W/"a"',
      'W/"a"',
      undefined,
      undefined,
    ]);
  });
});

describe("matchesEntityTag()", () => {
  it.each([
    ["*", true],
    ['"a"', true],
    ['"b", "a"', true],
    ['"b","a" , "c"', true],
    ['"b"', false],
    ['"a', false],
    ['"a"b', false],
    ['W/"a"', false],
    ["", false],
  ])("compares %s strongly", (list, matches) => {
    expect(matchesEntityTag(list, '"a"', "strong")).toBe(matches);
  });

  it.each([
    ['W/"a"', '"a"', true],
    ['"a"', 'W/"a"', true],
    ['"b", W/"a"', 'W/"a"', true],
    ['W/"b"', '"a"', false],
  ])("compares %s with %s weakly", (list, tag, matches) => {
    expect(matchesEntityTag(list, tag, "weak")).toBe(matches);
  });

  it("matches nothing but * without a tag", () => {
    expect(matchesEntityTag("*", undefined, "weak")).toBe(true);
    expect(matchesEntityTag('"a"', undefined, "weak")).toBe(false);
  });
});
