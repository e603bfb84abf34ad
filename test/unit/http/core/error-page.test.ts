import { describe, expect, test } from "vitest";
import { evaluateErrorPage } from "../../../../src/http/core/error-page.ts";
import { InternalRedirect } from "../../../../src/http/internal-redirect.ts";
import { compileSite } from "../../compile-site.ts";

function page(conf: string, status: number, target = "/"): readonly unknown[] | undefined {
  const site = compileSite(`${conf} server { location / { } }`);
  expect(site.diagnostics).toEqual([]);
  const rule = site.location.settings.errorPages.get(status);
  if (rule === undefined) return undefined;
  const goal = evaluateErrorPage(rule, site.request({ target }));
  return [goal instanceof InternalRedirect ? `-> ${goal.uri} ? ${goal.args}` : goal, rule.answerStatus];
}

describe("error_page", () => {
  test.each([
    ["error_page 404 /e.html;", 404, ["-> /e.html ? ", "kept"]],
    ["error_page 404 /e.html;", 500, undefined],
    ["error_page 500 502 503 /e.html;", 502, ["-> /e.html ? ", "kept"]],
    ["error_page 404 =200 /e.html;", 404, ["-> /e.html ? ", 200]],
    ["error_page 404 = /e.html;", 404, ["-> /e.html ? ", "handler's"]],
    ["error_page 404 = @fallback;", 404, ["-> @fallback ? undefined", "handler's"]],
    ["error_page 403 http://h/e;", 403, ["http://h/e", "kept"]],
    ["error_page 403 =301 http://h$uri;", 403, ["http://h/", 301]],
    ["error_page 404 /e?a=b;", 404, ["-> /e ? a=b", "kept"]],
    ["error_page 404 /e?u=$uri;", 404, ["-> /e ? u=/", "kept"]],
    ["error_page 404 $arg_page;", 404, ["-> /x ? ", "kept"]],
    ["error_page 404 /a; error_page 404 /b;", 404, ["-> /a ? ", "kept"]],
    ["error_page 494 /a;", 494, ["-> /a ? ", 400]],
  ])("%s for %i gives %j", (conf, status, expected) => {
    expect(page(conf, status, "/?page=/x")).toEqual(expected);
  });

  test("a level's own rules replace the outer ones", () => {
    const site = compileSite("error_page 404 /a; server { location / { error_page 500 /b; } }");
    expect([...site.location.settings.errorPages.keys()]).toEqual([500]);
  });

  test.each([
    ["error_page 404;", 'invalid number of arguments in "error_page" directive'],
    ["error_page =200 /e;", 'invalid value "=200"'],
    ["error_page 404 =x /e;", 'invalid value "=x"'],
    ["error_page abc /e;", 'invalid value "abc"'],
    ["error_page 499 /e;", 'invalid value "499"'],
    ["error_page 299 /e;", 'value "299" must be between 300 and 599'],
    ["error_page 600 /e;", 'value "600" must be between 300 and 599'],
  ])("%s is refused: %s", (line, message) => {
    expect(compileSite(`${line} server { location / { } }`).diagnostics.map((each) => each.message)).toContain(message);
  });
});
