import { describe, expect, test } from "vitest";
import { InternalRedirect } from "../../../src/http/internal-redirect.ts";
import { Response } from "../../../src/http/response.ts";
import { compileSite } from "../compile-site.ts";
import { readBody } from "../read-body.ts";
import { temporarySite } from "../temporary-site.ts";

const root = `${temporarySite({ "www/a.html": "A", "www/sub/b.html": "B", "www/empty/": "", outside: "" })}/www`;

function ask(location: string, target: string): unknown {
  const site = compileSite(`server { root ${root}; ${location} }`);
  expect(site.diagnostics.filter((each) => each.level === "emerg")).toEqual([]);
  const r = site.request({ target });
  const verdict = site.ask(r);
  if (verdict instanceof InternalRedirect) return `-> ${verdict.uri}${verdict.args === undefined ? "" : ` ? ${verdict.args}`}`;
  if (verdict instanceof Response) return verdict.status === 200 ? `${verdict.status} ${r.uri}` : `${verdict.status} ${verdict.location}`;
  return verdict;
}

describe("try_files", () => {
  test.each([
    ["location / { try_files $uri =404; }", "/a.html", "200 /a.html"],
    ["location / { try_files $uri =404; }", "/none", 404],
    ["location / { try_files $uri =404; }", "/sub", 404],
    ["location / { try_files $uri/ =404; }", "/a.html", 404],
    ["location / { try_files $uri $uri/ =404; }", "/empty", "301 /empty/"],
    ["location / { try_files /none /a.html =404; }", "/x", "200 /a.html"],
    ["location / { try_files $uri /a.html; }", "/x?q=1", "-> /a.html"],
    ["location / { try_files $uri /i.php?p=$uri&$args; }", "/x?q=1", "-> /i.php ? p=/x&q=1"],
    ["location / { try_files $uri @app; }", "/x?q=1", "-> @app"],
    ["location / { try_files $uri $arg_none =403; }", "/x", 403],
    ["location /al/ { alias ROOT/; try_files $uri =404; }", "/al/a.html", "200 /al/a.html"],
    ["location /al/ { alias ROOT/; try_files sub/b.html =404; }", "/al/x", "200 /al/sub/b.html"],
    ["location /al/ { alias ROOT/; try_files $uri /al/a.html; }", "/al/none", "-> /al/a.html"],
    ["location ~ ^/rx/(.*)$ { alias ROOT/$1; try_files '' =404; }", "/rx/none", 404],
    ["location / { try_files $arg_f =404; }", "/?f=/../outside", 404],
  ])("%s for %s gives %j", (location, target, expected) => {
    expect(ask(location.replaceAll("ROOT", root), target)).toBe(expected);
  });

  test("a file found below the alias of a regex location is served from there", async () => {
    const site = compileSite(`server { location ~ ^/rx/(.*)$ { alias ${root}/; try_files $1 =404; } }`);
    const r = site.request({ target: "/rx/sub/b.html" });
    r.captures = ["", "sub/b.html"];
    expect(await readBody(site.answer(r).body)).toBe("B");
    expect(r.uri).toBe("sub/b.html");
  });

  test("nested locations inherit none", () => {
    expect(ask("location / { try_files /a.html =404; location /in { } }", "/in")).toBe(404);
  });

  test("explain is told of each candidate", () => {
    const site = compileSite(`server { root ${root}; location / { try_files $uri $uri/ @app; } }`);
    const steps: string[] = [];
    const r = site.request({ target: "/none" });
    r.trace = (step) => steps.push(`${step.subject}: ${step.text}`);
    site.ask(r);
    expect(steps).toEqual([
      `$uri: "${root}/none" is not there`,
      `$uri/: "${root}/none" is not there`,
      '@app: none of them is there: the request goes on as "@app"',
    ]);
  });

  test.each([
    ["try_files $uri;", 'invalid number of arguments in "try_files" directive'],
    ["try_files $uri =1000;", 'invalid code "=1000"'],
    ["try_files $uri =x;", 'invalid code "=x"'],
  ])("%s is refused: %s", (line, message) => {
    expect(compileSite(`server { location / { ${line} } }`).diagnostics.map((each) => each.message)).toContain(message);
  });
});
