import { describe, expect, it } from "vitest";
import type { CompiledLocation } from "../../../../src/http/compiled.ts";
import { upstreamUri } from "../../../../src/upstream/http1/request-uri.ts";
import { makeRequest } from "../../make-request.ts";

function sent(
  location: string,
  uri: string,
  target: string,
  change: Partial<{ uri: string; args: string; isEvaluated: boolean }> = {},
): string {
  const r = makeRequest({ name: location } as CompiledLocation, { target });
  if (change.uri !== undefined) {
    r.uri = change.uri;
    r.uriChanged = true;
    r.isLocationValid = false;
    r.isInternal = true;
  }
  if (change.args !== undefined) r.args = change.args;
  return upstreamUri(r, { uri, prefixLength: location.length, isEvaluated: change.isEvaluated ?? false });
}

describe("the URI part of proxy_pass", () => {
  it.each([
    ["/", "", "/a/b?x=1", "/a/b?x=1"],
    ["/", "", "/a%2Fb/../c//d?%20", "/a%2Fb/../c//d?%20"],
    ["/name/", "/remote/", "/name/test", "/remote/test"],
    ["/name/", "/", "/name/test?q", "/test?q"],
    ["/name", "/remote", "/name/test", "/remote/test"],
    ["/name/", "/remote", "/name/test", "/remotetest"],
    ["/name", "/remote/", "/name/test", "/remote//test"],
    ["/name/", "/x?fixed=1&", "/name/test", "/x?fixed=1&test"],
    ["/name/", "/x/", "/name/a%20b", "/x/a%20b"],
    ["/name/", "/x/", "/name/%3Fq%23", "/x/%3Fq%23"],
    ["/name/", "/x/", "/name/a/../b", "/x/b"],
    ["/name/", "/x/", "/name//b", "/x/b"],
    ["/name/", "/x/", "/name/%C3%A9", "/x/%C3%A9"],
    ["/name/", "/x/", "/name/\xc3\xa9", "/x/\xc3\xa9"],
    ["/name/", "/x/", "/name/%41", "/x/A"],
    ["/name/", "/x/", "/name/a%0d%0ab", "/x/a%0D%0Ab"],
  ])("location %s with %s turns %s into %s", (location, uri, target, expected) => {
    expect(sent(location, uri, target)).toBe(expected);
  });

  it("is left out when a rewrite took the path out of the location", () => {
    expect(sent("/name/", "/x/", "/name/a", { uri: "/other/b c", args: "k=v" })).toBe("/other/b%20c?k=v");
  });

  it("without one, a rewritten path is sent escaped", () => {
    expect(sent("/", "", "/a", { uri: "/new path", args: "" })).toBe("/new%20path");
  });

  it("from variables is the whole URI, and cannot break the request line", () => {
    expect(sent("/", "/v?k", "/a?x=1", { isEvaluated: true })).toBe("/v?k");
    expect(sent("/", "/a b\r\nX: y", "/a", { isEvaluated: true })).toBe("/a%20b%0D%0AX:%20y");
  });
});
