import { describe, expect, test } from "vitest";
import { InternalRedirect } from "../../../src/http/internal-redirect.ts";
import { compileSite } from "../compile-site.ts";
import { temporarySite } from "../temporary-site.ts";

const root = temporarySite({ "index.html": "I", "second/two.html": "2", "empty/": "", file: "f" });

function ask(index: string, target: string, method = "GET"): unknown {
  const site = compileSite(`server { root ${root}; ${index} location / { } }`);
  const verdict = site.ask(site.request({ target, method }));
  return verdict instanceof InternalRedirect ? `-> ${verdict.uri} ? ${verdict.args}` : [verdict, site.logged.at(-1)?.replace(root, "ROOT")];
}

describe("index", () => {
  test.each([
    ["", "/?a=1", "-> /index.html ? a=1"],
    ["index one.html two.html;", "/second/", "-> /second/two.html ? "],
    ["index one.html; index two.html;", "/second/", "-> /second/two.html ? "],
    ["index $arg_i;", "/second/?i=two.html", "-> /second/two.html ? i=two.html"],
    ["index none.html /fallback;", "/empty/?q", "-> /fallback ? q"],
    ["", "/empty/", [403, 'error: directory index of "ROOT/empty/" is forbidden']],
    ["", "/none/", [404, 'error: "ROOT/none/index.html" is not found (2: No such file or directory)']],
    ["", "/file/", [404, 'error: "ROOT/file/index.html" is not found (20: Not a directory)']],
    ["log_not_found off;", "/none/", [404, undefined]],
  ])("%s %s gives %j", (index, target, expected) => {
    expect(ask(index, target)).toEqual(expected);
  });

  test("other methods than GET, HEAD and POST are not redirected", () => {
    expect(ask("", "/", "PUT")).toEqual([405, undefined]);
    expect(ask("", "/", "POST")).toBe("-> /index.html ? ");
  });

  test.each([
    ["index /a b;", 'only the last index in "index" directive may be absolute'],
    ["index a '';", 'index "a" in "index" directive is invalid'],
  ])("%s is refused: %s", (index, message) => {
    expect(compileSite(`server { ${index} location / { } }`).diagnostics.map((each) => each.message)).toContain(message);
  });
});
