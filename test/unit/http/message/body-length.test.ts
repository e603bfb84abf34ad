import { describe, expect, it } from "vitest";
import { parseContentLength, requestBodyFraming } from "../../../../src/http/message/body-length.ts";

describe("requestBodyFraming()", () => {
  it.each([
    [11, undefined, undefined, { kind: "none" }],
    [11, "0", undefined, { kind: "length", bytes: 0 }],
    [10, "12", undefined, { kind: "length", bytes: 12 }],
    [11, undefined, "CHUNKED", { kind: "chunked" }],
    [11, "1", "chunked", { kind: "refused", status: 400 }],
    [11, "x", "chunked", { kind: "refused", status: 400 }],
    [11, "1", "gzip", { kind: "refused", status: 501 }],
    [11, undefined, "", { kind: "refused", status: 501 }],
    [11, undefined, "chunked, chunked", { kind: "refused", status: 501 }],
    [11, undefined, "identity", { kind: "refused", status: 501 }],
    [11, undefined, "\x0bchunked", { kind: "refused", status: 501 }],
    [10, undefined, "chunked", { kind: "refused", status: 400 }],
    [10, undefined, "gzip", { kind: "refused", status: 400 }],
  ])("of version %i, length %j and coding %j", (version, length, coding, expected) => {
    expect(requestBodyFraming(version, length, coding)).toMatchObject(expected);
  });
});

describe("parseContentLength()", () => {
  it.each([
    ["0", 0],
    ["007", 7],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["9007199254740992", "too_large"],
    ["9223372036854775807", "too_large"],
    ["9223372036854775808", "invalid"],
    ["9".repeat(400), "invalid"],
    ["", "invalid"],
    [" 1", "invalid"],
    ["1 ", "invalid"],
    ["1e3", "invalid"],
    ["1.0", "invalid"],
    ["-1", "invalid"],
    ["\xb2", "invalid"],
  ])("reads %j", (value, expected) => {
    expect(parseContentLength(value)).toBe(expected);
  });
});
