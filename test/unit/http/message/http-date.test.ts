import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatHttpDate, parseHttpDate } from "../../../../src/http/message/http-date.ts";

const SECONDS = 784_111_777;

describe("parseHttpDate()", () => {
  it.each(["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37"])(
    "reads %j",
    (value) => {
      expect(parseHttpDate(value)).toBe(SECONDS);
    },
  );

  it("puts two digits below 70 into this century", () => {
    expect(parseHttpDate("x, 01-Jan-69 00:00:00 GMT")).toBe(Date.UTC(2069, 0, 1) / 1000);
    expect(parseHttpDate("x, 01-Jan-70 00:00:00 GMT")).toBe(0);
  });

  it.each([
    "",
    "x",
    "0",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun, 31 Feb 1994 08:49:37 GMT",
    "Wed, 29 Feb 2023 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49:60 GMT",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "1994-11-06T08:49:37Z",
  ])("refuses %j", (value) => {
    expect(parseHttpDate(value)).toBeUndefined();
  });

  it("knows leap days", () => {
    expect(parseHttpDate("Thu, 29 Feb 2024 00:00:00 GMT")).toBe(Date.UTC(2024, 1, 29) / 1000);
  });
});

describe("formatHttpDate()", () => {
  it("writes the form of RFC 9110", () => {
    expect(formatHttpDate(SECONDS)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
    expect(formatHttpDate(0)).toBe("Thu, 01 Jan 1970 00:00:00 GMT");
  });

  it("is undone by parseHttpDate(), in any order of asking", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (seconds) => {
        expect(parseHttpDate(formatHttpDate(seconds))).toBe(seconds);
      }),
      { numRuns: 1000 },
    );
  });
});
