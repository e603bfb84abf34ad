import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentRange, ifRangeHolds, layOutRanges, parseRanges, unsatisfiedRange } from "../../../../src/http/message/ranges.ts";

const UNLIMITED = Number.MAX_SAFE_INTEGER;
const of100 = (value: string, rangesMax = UNLIMITED) => {
  const verdict = parseRanges(value, 100, rangesMax);
  return typeof verdict === "string" ? verdict : verdict.map((range) => `${range.start}-${range.end - 1}`).join();
};

describe("parseRanges()", () => {
  it.each([
    ["bytes=0-0", "0-0"],
    ["bytes=-1", "99-99"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=0-", "0-99"],
    ["bytes=99-", "99-99"],
    ["bytes=100-", "unsatisfiable"],
    ["bytes=0-1000", "0-99"],
    ["bytes=-1000", "0-99"],
    ["bytes=5-2", "unsatisfiable"],
    ["bytes=0-0,-1", "0-0,99-99"],
    ["bytes=0-50,10-60", "whole"],
    ["bytes=0-49,50-99", "0-49,50-99"],
    ["bytes=0-99,0-0", "whole"],
    ["bytes=a", "unsatisfiable"],
    ["bytes=", "whole"],
    ["bytes=1", "unsatisfiable"],
    ["BYTES=1-2", "1-2"],
    ["bytes= 1 - 2 , 3-4", "1-2,3-4"],
    ["bytes=0-0,200-300", "0-0"],
    ["bytes=9223372036854775807-", "unsatisfiable"],
    ["bytes=9223372036854775808-", "unsatisfiable"],
    ["bytes=-9223372036854775807", "0-99"],
    ["bytes=-9223372036854775808", "unsatisfiable"],
    ["bytes=0-99999999999999999999", "unsatisfiable"],
    ["bytes=0-0,", "unsatisfiable"],
    ["bytes=,0-0", "unsatisfiable"],
    ["bytes=0-0,x", "unsatisfiable"],
    ["items=0-0", "whole"],
    ["bytes=5-2,0-0", "0-0"],
    ["bytes=1-2 x", "unsatisfiable"],
    ["bytes=-5-", "unsatisfiable"],
  ])("reads %j of 100 bytes as nginx does", (value, verdict) => {
    expect(of100(value)).toBe(verdict);
  });

  it("sends the whole body to more ranges than max_ranges", () => {
    expect(of100("bytes=0-0,1-1", 2)).toBe("0-0,1-1");
    expect(of100("bytes=0-0,1-1,2-2", 2)).toBe("whole");
    expect(of100("bytes=0-0", 0)).toBe("whole");
  });

  it("sends the whole of an empty body", () => {
    expect(parseRanges("bytes=0-", 0, UNLIMITED)).toBe("whole");
    expect(parseRanges("bytes=-5", 0, UNLIMITED)).toBe("whole");
  });

  it("never gives out bytes beyond the body, nor more of them than it has", () => {
    const number = fc.oneof(fc.nat(300), fc.constantFrom("9223372036854775807", "18446744073709551616", ""));
    const range = fc.tuple(number, number).map(([first, last]) => `${first}-${last}`);
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 5 }), fc.nat(200), (ranges, bytes) => {
        const verdict = parseRanges(`bytes=${ranges.join(",")}`, bytes, UNLIMITED);
        if (typeof verdict === "string") return;
        for (const one of verdict) expect(one.start >= 0 && one.start < one.end && one.end <= bytes).toBe(true);
        expect(verdict.reduce((sum, one) => sum + one.end - one.start, 0)).toBeLessThanOrEqual(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("ifRangeHolds()", () => {
  it("compares a tag to the letter and a date to the second", () => {
    expect(ifRangeHolds('"a"', '"a"', -1)).toBe(true);
    expect(ifRangeHolds('W/"a"', '"a"', -1)).toBe(false);
    expect(ifRangeHolds('"a"', undefined, 0)).toBe(false);
    expect(ifRangeHolds("Thu, 01 Jan 1970 00:00:05 GMT", undefined, 5)).toBe(true);
    expect(ifRangeHolds("Thu, 01 Jan 1970 00:00:05 GMT", undefined, 4)).toBe(false);
    expect(ifRangeHolds("Thu, 01 Jan 1970 00:00:05 GMT", undefined, -1)).toBe(false);
    expect(ifRangeHolds("nonsense", undefined, -1)).toBe(false);
  });
});

describe("layOutRanges()", () => {
  it("writes nginx's multipart form and counts its bytes", () => {
    const body = "abcdefghij";
    const ranges = [
      { start: 0, end: 2 },
      { start: 8, end: 10 },
    ];
    const layout = layOutRanges(ranges, 10, "text/plain", 7);
    const sent = ranges.map((range, index) => layout.partHeads[index] + body.slice(range.start, range.end)).join("") + layout.tail;
    expect(layout.contentType).toBe("multipart/byteranges; boundary=00000000000000000007");
    expect(sent).toBe(
      "\r\n--00000000000000000007\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\nab" +
        "\r\n--00000000000000000007\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\nij\r\n--00000000000000000007--\r\n",
    );
    expect(layout.bytes).toBe(sent.length);
    expect(layOutRanges(ranges, 10, "", 7).partHeads[0]).not.toContain("Content-Type");
  });

  it("writes Content-Range", () => {
    expect(contentRange({ start: 1, end: 3 }, 10)).toBe("bytes 1-2/10");
    expect(unsatisfiedRange(10)).toBe("bytes */10");
  });
});
