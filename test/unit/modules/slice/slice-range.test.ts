import { describe, expect, it } from "vitest";
import { RequestHead } from "../../../../src/http/message/request-head.ts";
import { Response } from "../../../../src/http/response.ts";
import { firstSliceStart, readExtent, renderSliceRange } from "../../../../src/modules/slice/slice-range.ts";

function headWith(...fields: readonly (readonly [name: string, value: string])[]): RequestHead {
  const head = new RequestHead("GET", "/", "GET / HTTP/1.1", 11, undefined);
  for (const [name, value] of fields) {
    head.fieldNames.push(name);
    head.fieldRawNames.push(name);
    head.fieldValues.push(value);
  }
  return head;
}

function answer(status: number, contentRange: string, etag?: string): Response {
  const response = new Response(status, undefined, -1);
  response.fields.push("Content-Range", contentRange);
  if (etag !== undefined) response.setEtag(etag);
  return response;
}

describe("firstSliceStart()", () => {
  it.each([
    ["bytes=0-", 0],
    ["bytes=9-", 0],
    ["bytes=10-", 10],
    ["BYTES= 25-30", 20],
    ["bytes=-5", 0],
    ["bytes=25-26,1-2", 0],
    ["items=25-", 0],
    ["bytes=9007199254740991-", 0],
  ])("is a multiple of the size: %s", (range, start) => {
    expect(firstSliceStart(headWith(["range", range]), 10)).toBe(start);
  });

  it("is 0 without a Range, and with an If-Range", () => {
    expect(firstSliceStart(headWith(), 10)).toBe(0);
    expect(firstSliceStart(headWith(["range", "bytes=25-"], ["if-range", '"v"']), 10)).toBe(0);
  });
});

describe("readExtent()", () => {
  const slice = { size: 10, start: 20, etag: '"v"' };

  it.each([
    ["bytes 20-29/100", { start: 20, end: 30, length: 100 }],
    ["bytes 20-24/25", { start: 20, end: 25, length: 25 }],
    ["bytes  20 - 29 / 100 ", { start: 20, end: 30, length: 100 }],
    ["bytes 20-28/100", "unexpected range in slice response: 20-29, expected: 20-30"],
    ["bytes 21-30/100", "unexpected range in slice response: 21-31, expected: 20-31"],
    ["bytes 20-29/*", "no complete length in slice response"],
    ["bytes */100", "invalid range in slice response"],
    ["items 20-29/100", "invalid range in slice response"],
    ["bytes 20-99999999999999999999/100", "invalid range in slice response"],
  ])("reads %j", (contentRange, extent) => {
    expect(readExtent(answer(206, contentRange, '"v"'), slice)).toEqual(extent);
  });

  it("refuses another status and another ETag", () => {
    expect(readExtent(answer(200, "bytes 20-29/100", '"v"'), slice)).toBe("unexpected status code 200 in slice response");
    expect(readExtent(answer(206, "bytes 20-29/100", '"w"'), slice)).toBe("etag mismatch in slice response");
    expect(readExtent(answer(206, "bytes 20-29/100"), slice)).toBe("etag mismatch in slice response");
    expect(readExtent(answer(206, "bytes 20-29/100"), { ...slice, etag: undefined })).toEqual({ start: 20, end: 30, length: 100 });
  });
});

it("renderSliceRange() names the first and the last byte", () => {
  expect(renderSliceRange({ size: 10, start: 20, etag: undefined })).toBe("bytes=20-29");
});
