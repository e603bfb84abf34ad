import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readUrl } from "../../../src/cli/explain/explained-url.ts";

describe("readUrl()", () => {
  test.each([
    ["http://example.com:81/a?b#c", { host: "example.com", port: 81, authority: "example.com:81", target: "/a?b" }],
    ["HTTP://[::1]:81", { scheme: "http", host: "::1", port: 81, authority: "[::1]:81", target: "/" }],
    ["https://example.com/a", { scheme: "https", host: "example.com", port: undefined, target: "/a" }],
    ["example.com", { scheme: undefined, host: "example.com", port: undefined, target: "/" }],
    ["/a//../%2e", { host: "", port: undefined, authority: "", target: "/a//../%2e" }],
    ["//a/b", { host: "", target: "//a/b" }],
    ["?x=1", { host: "", target: "/?x=1" }],
    ["http://unix:/run/x.sock:/a:b", { host: "", path: "/run/x.sock", authority: "localhost", target: "/a:b" }],
    ["unix:/run/x.sock", { path: "/run/x.sock", target: "/" }],
  ])("reads %s", (url, parts) => {
    expect(readUrl(url)).toMatchObject(parts);
  });

  test.each(["ftp://a/", "ws://a/", "http://a:b/", "http://a:65536/", "http://a:1:2/"])("refuses %s with a sentence", (url) => {
    expect(readUrl(url)).toEqual(expect.stringContaining(url));
  });

  test("keeps every path as it was written", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }).filter((text) => !text.includes("#")),
        (text) => {
          expect(readUrl(`http://h/${text}`)).toMatchObject({ host: "h", target: `/${text}` });
        },
      ),
      { numRuns: 300 },
    );
  });
});
