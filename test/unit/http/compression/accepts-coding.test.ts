import { expect, test } from "vitest";
import { acceptsCoding } from "../../../../src/http/compression/accepts-coding.ts";

test.each([
  ["gzip", true],
  ["GZIP", true],
  ["gzip, deflate, br", true],
  ["deflate,gzip", true],
  ["deflate, gzip ;q=1", true],
  ["gzip;q=1.000", true],
  ["gzip;q=0.001", true],
  ["gzip; q=0.5, br", true],
  ["gzip;q=0", false],
  ["gzip;q=0.000", false],
  ["gzip;q=1.1", false],
  ["gzip;q=0.0001", false],
  ["gzip;x=1", false],
  ["gzipped", false],
  ["x-gzip", false],
  ["*", false],
  ["", false],
])('acceptsGzip("%s") is %s', (value, expected) => {
  expect(acceptsCoding(value, "gzip")).toBe(expected);
});

test.each([
  ["br", true],
  ["gzip, deflate, br", true],
  ["gzip,br;q=0.5", true],
  ["br;q=0", false],
  ["brotli", false],
  ["x-br", false],
  ["gzip, deflate", false],
])(`br is asked for by "%s": %s`, (value, expected) => {
  expect(acceptsCoding(value, "br")).toBe(expected);
});
