import { describe, expect, it } from "vitest";
import type { CompiledLocation } from "../../../../src/http/compiled.ts";
import { translatePcre } from "../../../../src/http/routing/pcre.ts";
import { compileTemplate, constantTemplateOf } from "../../../../src/http/template.ts";
import { compileRedirectRules, type RedirectRule } from "../../../../src/upstream/http1/rewrite-redirect.ts";
import { makeRequest } from "../../make-request.ts";

const r = makeRequest({} as CompiledLocation);
const prefix = (from: string, to: string): RedirectRule => ({
  kind: "prefix",
  prefix: constantTemplateOf(from),
  replacement: constantTemplateOf(to),
});

function rewrite(rules: readonly RedirectRule[], value: string, from = 0): string | undefined {
  return compileRedirectRules(rules)?.(r, value, from);
}

describe("proxy_redirect", () => {
  it.each([
    ["http://localhost:8000/two/", "http://frontend/one/", "http://localhost:8000/two/some/uri/", "http://frontend/one/some/uri/"],
    ["http://localhost:8000/", "/", "http://localhost:8000/a", "/a"],
    ["http://localhost:8000/", "/", "http://other/a", undefined],
    ["http://localhost:8000/", "/", "/relative", undefined],
  ])("%s %s turns %s into %s", (from, to, value, expected) => {
    expect(rewrite([prefix(from, to)], value)).toBe(expected);
  });

  it("lets the first rule that applies decide", () => {
    expect(rewrite([prefix("/no", "/x"), prefix("/a", "/1"), prefix("/a/b", "/2")], "/a/b")).toBe("/1/b");
  });

  it("replaces all of what a regular expression matches, with its captures", () => {
    const replacement = compileTemplate(["/user", (request) => request.captures?.[1] ?? "", "!"], "");
    const pattern = translatePcre("^http://[^/]+(/.*)$", { caseless: false });
    if ("refusal" in pattern) throw new Error(pattern.refusal.message);
    const rules: readonly RedirectRule[] = [{ kind: "regex", pattern, names: [], replacement }];
    expect(rewrite(rules, "http://b:1/x/y")).toBe("/user/x/y!");
    expect(r.captures).toBeUndefined();
  });

  it("leaves what stands before the URL of Refresh", () => {
    expect(rewrite([prefix("http://b/", "/")], "5; url=http://b/next", 7)).toBe("5; url=/next");
  });

  it("is nothing without rules", () => {
    expect(compileRedirectRules([])).toBeUndefined();
  });
});
