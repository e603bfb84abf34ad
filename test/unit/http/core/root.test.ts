import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileSite } from "../../compile-site.ts";

function pathOf(conf: string, target: string, captures?: readonly string[]): readonly [path: string, root: string] {
  const site = compileSite(`server { ${conf} }`, "/prefix/");
  const r = site.request({ target });
  r.captures = captures;
  const { settings } = site.location;
  return [settings.mapPath(r, r.uri), settings.documentRoot(r)];
}

describe("root and alias", () => {
  test.each([
    ["location / { }", "/a", "/prefix/html/a", "/prefix/html"],
    ["location / { root /srv; }", "/a/b", "/srv/a/b", "/srv"],
    ["location / { root /srv/; }", "/a", "/srv/a", "/srv"],
    ["location / { root /; }", "/a", "/a", ""],
    ["location / { root rel; }", "/a", "/prefix/rel/a", "/prefix/rel"],
    ["location / { root /srv/$host; }", "/a", "/srv/test/a", "/srv/test"],
    ["location / { root $arg_r; }", "/a?r=rel", "/prefix/rel/a", "/prefix/rel"],
    ["location /i/ { alias /d/; }", "/i/a", "/d/a", "/d/"],
    ["location /i { alias /d; }", "/i/a", "/d/a", "/d"],
    ["location = /i { alias /d/f; }", "/i", "/d/f", "/d/f"],
    ["location ^~ /i/ { alias rel/; }", "/i/a", "/prefix/rel/a", "/prefix/rel/"],
    ["location /i/ { alias /d/; location /i/j/ { } }", "/i/j/a", "/d/j/a", "/d/"],
    ["root /srv; location /i/ { location /i/j/ { } }", "/i/j/a", "/srv/i/j/a", "/srv"],
  ])("%s maps %s to %s", (conf, target, path, root) => {
    expect(pathOf(conf, target)).toEqual([path, root]);
  });

  test("an alias in a regex location is the whole path", () => {
    expect(pathOf("location ~ ^/u/(.*)$ { alias /d/$1; }", "/u/x/y", ["", "x/y"])[0]).toBe("/d/x/y");
    expect(pathOf("location ~ ^/u(.*)$ { alias /d/$1; }", "/u../y", ["", "../y"])[0]).toBe("");
  });

  test.each(["/i../x", "/i.."])("a slash that the location lacks and its alias has does not let %s out", (target) => {
    const site = compileSite("server { location /i { alias /d/; } }");
    const r = site.request({ target });
    expect(site.location.settings.mapPath(r, r.uri)).toBe("");
    expect(site.ask(r)).toBe(403);
    expect(site.diagnostics.map((each) => [each.level, each.code])).toEqual([["warn", "alias-traversal"]]);
  });

  test("a rewritten URI that an alias does not fit is nginx's 500", () => {
    const site = compileSite("server { location /i/ { alias /d/; rewrite ^ /other break; } }");
    expect(site.ask(site.request({ target: "/i/a" }))).toBe(500);
    expect(site.logged).toEqual(['alert: "alias" cannot be used in location "/i/" where URI was rewritten']);
  });

  test("no URI that a rewrite makes leads out of the root", () => {
    const site = compileSite("server { location / { root /srv; rewrite ^ $arg_u break; } }");
    const segment = fc.constantFrom("..", ".", "a", "...", "..a", "");
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 6 }), (segments) => {
        const target = `/?u=/${segments.join("/")}`;
        const r = site.request({ target });
        site.ask(r);
        const path = site.location.settings.mapPath(r, r.uri);
        expect(path === "" || !path.split("/").includes("..")).toBe(true);
        expect(path === "").toBe(segments.includes(".."));
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["location / { root $document_root; }", 'the $document_root variable cannot be used in the "root" directive'],
    ["location / { alias $realpath_root; }", 'the $realpath_root variable cannot be used in the "alias" directive'],
    ["location / { root /a; alias /b; }", '"alias" directive is duplicate, "root" directive was specified earlier'],
    ["location @n { alias /b; }", 'the "alias" directive cannot be used inside the named location'],
  ])("%s is refused: %s", (conf, message) => {
    expect(compileSite(`server { ${conf} }`).diagnostics.map((each) => each.message)).toContain(message);
  });
});
