import { describe, expect, it } from "vitest";
import { parseCount, parseMilliseconds, parseOffset, parseSeconds, parseSize } from "../../../src/config/parse-number.ts";

describe("parseSize() and parseOffset()", () => {
  it.each([
    ["0", 0],
    ["10", 10],
    ["010", 10],
    ["4k", 4096],
    ["4K", 4096],
    ["1m", 1_048_576],
    ["1M", 1_048_576],
    ["", undefined],
    ["k", undefined],
    ["1kk", undefined],
    ["1.5k", undefined],
    ["-1", undefined],
    ["+1", undefined],
    [" 1", undefined],
    ["1 k", undefined],
    ["0x10", undefined],
    ["99999999999999999999", undefined],
    ["9007199254740991", 9_007_199_254_740_991],
    ["9007199254740992", undefined],
  ])("read %j as %j", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
    expect(parseOffset(text)).toBe(bytes);
  });

  it("differ in g", () => {
    expect(parseSize("1g")).toBeUndefined();
    expect(parseOffset("1g")).toBe(1_073_741_824);
    expect(parseOffset("2G")).toBe(2_147_483_648);
  });
});

describe("parseCount()", () => {
  it("takes digits only", () => {
    expect(parseCount("007")).toBe(7);
    for (const text of ["", "-1", "1k", "1.0", "a"]) expect(parseCount(text)).toBeUndefined();
  });
});

describe("parseMilliseconds()", () => {
  it.each([
    ["0", 0],
    ["30", 30_000],
    ["30s", 30_000],
    ["500ms", 500],
    ["1m", 60_000],
    ["1h 30m", 5_400_000],
    ["1h30m", 5_400_000],
    ["1w2d3h4m5s6ms", 788_645_006],
    ["30s 1", 31_000],
    ["30 ", 30_000],
    ["5ms 1", 1_005],
    ["1h s", 3_600_000],
    ["", undefined],
    [" ", undefined],
    ["s", undefined],
    ["1y", undefined],
    ["1M", undefined],
    ["1m 1h", undefined],
    ["1m1m", undefined],
    ["1 1s", undefined],
    ["1s 1m", undefined],
    ["1ms 1s", undefined],
    ["1.5s", undefined],
    ["-1", undefined],
    ["1x", undefined],
    ["1S", undefined],
    ["1\t", undefined],
    ["99999999999999999", undefined],
  ])("reads %j as %j", (text, ms) => {
    expect(parseMilliseconds(text)).toBe(ms);
  });
});

describe("parseSeconds()", () => {
  it.each([
    ["30", 30],
    ["1y", 31_536_000],
    ["1M", 2_592_000],
    ["1y2M3w", 38_534_400],
    ["1m", 60],
    ["1d 12h", 129_600],
    ["1y1y", undefined],
    ["1M1y", undefined],
    ["500ms", undefined],
  ])("reads %j as %j", (text, seconds) => {
    expect(parseSeconds(text)).toBe(seconds);
  });
});
