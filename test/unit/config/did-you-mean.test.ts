import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, nearestName } from "../../../src/config/did-you-mean.ts";

const NAMES = ["root", "alias", "location", "server_name", "proxy_pass", "proxy_set_header", "return", "rewrite"];

describe("nearestName()", () => {
  it.each([
    ["rot", "root"],
    ["rooot", "root"],
    ["loaction", "location"],
    ["servername", "server_name"],
    ["proxy_header", "proxy_set_header"],
    ["PROXY_PASS", "proxy_pass"],
    ["xyz", undefined],
    ["", undefined],
    ["if", undefined],
  ])("of %j is %j", (name, expected) => {
    expect(nearestName(name, NAMES)).toBe(expected);
  });
});

describe("editDistance()", () => {
  it("counts a swap of neighbours once", () => {
    expect(editDistance("loaction", "location")).toBe(1);
    expect(editDistance("kitten", "sitting")).toBe(3);
  });

  it("is symmetric, zero only for equals, and never more than the longer word", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });
    fc.assert(
      fc.property(word, word, (left, right) => {
        const distance = editDistance(left, right);
        expect(distance).toBe(editDistance(right, left));
        expect(distance === 0).toBe(left === right);
        expect(distance).toBeLessThanOrEqual(Math.max(left.length, right.length));
      }),
    );
  });
});
