import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readDestination } from "../../../../src/modules/dav/destination.ts";

describe("readDestination()", () => {
  test.each([
    ["/a/b", { uri: "/a/b" }],
    ["/a%20b?query", { uri: "/a b" }],
    ["http://host/a", { uri: "/a" }],
    ["http://host:8080/a", { uri: "/a" }],
    ["http://host", { mistake: "invalid" }],
    ["https://host/a", { mistake: "invalid" }],
    ["http://other/a", { mistake: "another server" }],
    ["a/b", { mistake: "invalid" }],
    ["", { mistake: "invalid" }],
    ["/a/../b", { mistake: "invalid" }],
    ["/a/%2e%2e/b", { mistake: "invalid" }],
    ["/a/..", { mistake: "invalid" }],
    ["/..a", { uri: "/..a" }],
    ["/a%00", { mistake: "invalid" }],
  ])("reads %j", (value, expected) => {
    expect(readDestination(value, "http", "host")).toEqual(expected);
  });

  test("needs a Host for a whole URI alone", () => {
    expect(readDestination("http://host/a", "http", undefined)).toEqual({ mistake: "no Host" });
    expect(readDestination("/a", "http", undefined)).toEqual({ uri: "/a" });
  });

  test("gives no path with a segment that leads upward, or a NUL", () => {
    const piece = fc.constantFrom("..", ".", "%2e", "%2E%2e", "/", "%2f", "a", "%00", "%", "?", "http://host", "\\");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const destination = readDestination(pieces.join(""), "http", "host");
        if ("mistake" in destination) return;
        expect(destination.uri.startsWith("/")).toBe(true);
        expect(destination.uri.split("/")).not.toContain("..");
        expect(destination.uri).not.toContain("\0");
      }),
      { numRuns: 2_000 },
    );
  });
});
