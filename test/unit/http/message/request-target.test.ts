import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalizeTarget } from "../../../../src/http/message/request-target.ts";

describe("normalizeTarget()", () => {
  it.each([
    ["/", "/", ""],
    ["/a/b?c=d", "/a/b", "c=d"],
    ["/p?", "/p", ""],
    ["/p?a?b", "/p", "a?b"],
    ["/%01%1f", "/\x01\x1f", ""],
    ["/a/..", "/", ""],
    ["/a/.", "/a/", ""],
    ["/.", "/", ""],
    ["/a/./b", "/a/b", ""],
    ["//a///b", "/a/b", ""],
    ["/a//", "/a/", ""],
    ["/a%23b%3fc?x", "/a#b?c", "x"],
    ["/a#b?c", "/a", ""],
    ["/a?b#c?d", "/a", "b"],
    ["/a/..?x", "/", "x"],
    ["/a/.#x", "/a/", ""],
    ["/a/%2e%2E/b", "/b", ""],
    ["/%252e", "/%2e", ""],
    ["/a%252e%252e%252fb", "/a%2e%2e%2fb", ""],
    ["/a+b%20c%2B", "/a+b c+", ""],
    ["/...", "/...", ""],
    ["/.a", "/.a", ""],
    ["/a/..b", "/a/..b", ""],
    ["/\xe9\xff", "/\xe9\xff", ""],
    ["/caf%C3%A9", "/caf\xc3\xa9", ""],
    ["/a%2f%2fb", "/a/b", ""],
    ["/a/.%2fb", "/a/b", ""],
    ["/a%2Fb%5Cc", "/a/b\\c", ""],
    ["/a%0d%0aX:1", "/a\r\nX:1", ""],
    ["/?a=/../%2e", "/", "a=/../%2e"],
    ["?y", "/", "y"],
  ])("reads %j as nginx does", (target, uri, args) => {
    expect(normalizeTarget(target, "merge")).toMatchObject({ uri, args });
  });

  it.each([
    "/a%00",
    "/%",
    "/%4",
    "/%zz",
    "/%4?1",
    "/..",
    "/../../etc/passwd",
    "/a/../..",
    "/a/..%2f..",
    "/%2e%2e/",
    "/a/%2e%2e/%2e%2e",
    "/.%2e/",
    "/..?x",
  ])("refuses %j", (target) => {
    expect(normalizeTarget(target, "merge")).toBeUndefined();
  });

  it.each([
    ["//a///b", "//a///b"],
    ["/a//", "/a//"],
    ["/a//..", "/a/"],
    ["/a//../b", "/a/b"],
    ["//..", "/"],
    ["/a//.", "/a//"],
    ["//", "//"],
    ["/a%2f%2fb", "/a//b"],
  ])("keeps the slashes of %j where merge_slashes is off", (target, uri) => {
    expect(normalizeTarget(target, "keep")?.uri).toBe(uri);
  });

  it("calls only those paths complex that are not what was sent", () => {
    expect(normalizeTarget("/a/b.c?d=%20//..", "merge")?.complex).toBe(false);
    for (const target of ["/a%20", "/a//b", "/./a", "/a#b"]) expect(normalizeTarget(target, "merge")?.complex, target).toBe(true);
  });

  it("agrees with a byte-wise state machine on anything", () => {
    const piece = fc.constantFrom(
      "/",
      "/",
      ".",
      "..",
      "a",
      "b",
      "%2f",
      "%2F",
      "%2e",
      "%41",
      "%25",
      "%3f",
      "%23",
      "%00",
      "%",
      "%g1",
      "?",
      "#",
      "+",
      "\xe9",
    );
    const target = fc.array(piece, { maxLength: 14 }).map((pieces) => `/${pieces.join("")}`);
    fc.assert(
      fc.property(target, fc.constantFrom("merge" as const, "keep" as const), (text, slashes) => {
        const got = normalizeTarget(text, slashes);
        expect(got === undefined ? undefined : [got.uri, got.args]).toEqual(slowNormalize(text, slashes === "merge"));
      }),
      { numRuns: 5000 },
    );
  });
});

/** The plain reading: decode byte by byte until a raw ? or #, building the path and stepping back at each dot segment as it ends. */
function slowNormalize(target: string, merge: boolean): [string, string] | undefined {
  let path = "";
  let at = 0;
  for (; at < target.length && target[at] !== "?" && target[at] !== "#"; at++) {
    let byte = target.charAt(at);
    if (byte === "%") {
      const hex = target.slice(at + 1, at + 3);
      if (!/^[0-9a-fA-F]{2}$/.test(hex) || hex === "00") return undefined;
      byte = String.fromCharCode(Number.parseInt(hex, 16));
      at += 2;
    }
    if (byte !== "/") {
      path += byte;
      continue;
    }
    const closed = closeSegment(path, merge);
    if (closed === undefined) return undefined;
    path = closed.endsWith("/") && (merge || closed !== path) ? closed : `${closed}/`;
  }
  const uri = closeSegment(path, merge);
  if (uri === undefined) return undefined;
  const args = target[at] === "?" ? target.slice(at + 1).replace(/#.*$/s, "") : "";
  return [uri, args];
}

/** Applies a "." or ".." that stands behind the last slash. */
function closeSegment(path: string, _merge: boolean): string | undefined {
  if (path.endsWith("/.")) return path.slice(0, -1);
  if (!path.endsWith("/..")) return path;
  const parent = path.slice(0, -3);
  const slash = parent.lastIndexOf("/");
  return slash === -1 ? undefined : parent.slice(0, slash + 1);
}
