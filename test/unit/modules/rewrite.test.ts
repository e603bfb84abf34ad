import { describe, expect, test } from "vitest";
import { Response } from "../../../src/http/response.ts";
import { compileSite } from "../compile-site.ts";
import { temporarySite } from "../temporary-site.ts";

/** The body that a location whose content is `steps` returns. */
function returned(steps: string, target: string, fields: Readonly<Record<string, string>> = {}): unknown {
  const site = compileSite(`server { location / { ${steps} } }`);
  expect(site.diagnostics).toEqual([]);
  const verdict = site.ask(site.request({ target, fields }));
  return verdict instanceof Response ? (verdict.location ?? verdict.body) : verdict;
}

/** What a script that ends with a changed URI leaves: [verdict, uri, args]. */
function rewritten(steps: string, target: string): readonly unknown[] {
  const site = compileSite(`server { location / { root /nowhere; ${steps} } }`);
  expect(site.diagnostics).toEqual([]);
  const r = site.request({ target });
  const verdict = site.ask(r);
  return [verdict instanceof Response ? verdict.status : verdict, r.uri, r.args];
}

describe("rewrite", () => {
  test.each([
    ["rewrite ^/a/(.*)$ /b/$1;", "/a/x?q=1", ["relocate", "/b/x", "q=1"]],
    ["rewrite ^/a/(.*)$ /b/$1 last;", "/a/x?q=1", ["relocate", "/b/x", "q=1"]],
    ["rewrite ^/a/(.*)$ /b/$1 break;", "/a/x?q=1", [404, "/b/x", "q=1"]],
    ["rewrite ^/a/(.*)$ /b?n=$1;", "/a/x?q=1", ["relocate", "/b", "n=x&q=1"]],
    ["rewrite ^/a/(.*)$ /b?n=$1?;", "/a/x?q=1", ["relocate", "/b", "n=x"]],
    ["rewrite ^/a/(.*)$ /b?;", "/a/x?q=1", ["relocate", "/b", ""]],
    ["rewrite ^/a/(.*)$ /b?x=1?y=2;", "/a/x", ["relocate", "/b", "x=1?y=2"]],
    ["rewrite ^/no$ /b;", "/a/x", [404, "/a/x", ""]],
    ["rewrite ^/a /b; rewrite ^/b /c;", "/a", ["relocate", "/c", ""]],
    ["rewrite ^/a /b last; rewrite ^/b /c;", "/a", ["relocate", "/b", ""]],
    ["rewrite ^/a /b; rewrite ^/b /c break;", "/a", [404, "/c", ""]],
    ["rewrite ^/a /b; break;", "/a", [404, "/b", ""]],
    ["rewrite ^/a/(.*)$ /b/$1;", "/a/x%20y%3f", ["relocate", "/b/x y?", ""]],
    ["rewrite ^/a/(.*)$ /b?n=$1;", "/a/x%20y%26+", ["relocate", "/b", "n=x%20y%26%2B"]],
    ["rewrite ^/a/(.*)$ /b?n=$1;", "/a/x&y", ["relocate", "/b", "n=x&y"]],
    ["rewrite ^/(?<who>\\w+)$ /u/$who;", "/me", ["relocate", "/u/me", ""]],
    ["rewrite ^ $arg_none;", "/a", [500, "", ""]],
  ])("%s takes %s to %j", (steps, target, expected) => {
    expect(rewritten(steps, target)).toEqual(expected);
  });

  test.each([
    ["rewrite ^/a/(.*)$ http://h/$1;", "/a/x", "http://h/x"],
    ["rewrite ^/a/(.*)$ http://h/$1 permanent;", "/a/x?q=1", "http://h/x?q=1"],
    ["rewrite ^/a/(.*)$ http://h/$1?x=1;", "/a/x?q=1", "http://h/x?x=1&q=1"],
    ["rewrite ^/a/(.*)$ /b/$1? redirect;", "/a/x?q=1", "/b/x"],
    ["rewrite ^/a/(.*)$ http://h/$1?x=$1 redirect;", "/a/a%20b%3fz%2b/+?q=1", "http://h/a%20b?z%2B/%2B?x=a%20b%3Fz%2B/%2B&q=1"],
    ["rewrite ^/a/(.*)$ $scheme://h/$1;", "/a/x", "http://h/x"],
  ])("%s redirects %s to %s", (steps, target, location) => {
    expect(returned(steps, target)).toBe(location);
  });

  test("redirect is 302 and permanent 301", () => {
    expect(rewritten("rewrite ^ /b redirect;", "/a")[0]).toBe(302);
    expect(rewritten("rewrite ^ /b permanent;", "/a")[0]).toBe(301);
  });

  test("a rewritten request is internal and no longer what the client asked for", () => {
    const site = compileSite("server { location / { rewrite ^ /b break; } }");
    const r = site.request({ target: "/a" });
    site.ask(r);
    expect([r.isInternal, r.uriChanged]).toEqual([true, true]);
  });

  test("rewrite_log tells of matches at notice level", () => {
    const site = compileSite("server { rewrite_log on; location / { rewrite ^/x /y; rewrite ^/a(.) /b?$1; } }");
    site.ask(site.request({ target: "/a1?q" }));
    expect(site.logged).toEqual([
      'notice: "^/x" does not match "/a1"',
      'notice: "^/a(.)" matches "/a1"',
      'notice: rewritten data: "/b", args: "1&q"',
    ]);
  });

  test("explain is told of each rule and why it ran", () => {
    const site = compileSite("server { location / { rewrite ^/x /y; if ($arg_a = 1) { rewrite ^/a /b last; } } }");
    const r = site.request({ target: "/a?a=1" });
    const steps: string[] = [];
    r.trace = (step) => steps.push(`${step.won === true ? "+" : "-"} ${step.subject}: ${step.text}`);
    expect(site.ask(r)).toBe("relocate");
    expect(steps).toEqual([
      '- ^/x: does not match "/a"',
      "+ ($arg_a = 1): is true",
      '+ ^/a: matches "/a": the URI becomes "/b", arguments "a=1", last',
    ]);
  });

  test("a server's own script runs before a location is chosen", () => {
    const site = compileSite("server { rewrite ^/a /b; set $x 1; location / { } }");
    const r = site.request({ target: "/a" });
    expect(site.serverRewrite.map((handler) => handler(r))).toEqual([undefined]);
    expect([r.uri, r.location]).toEqual(["/b", site.location]);
  });

  test("a location inherits no script", () => {
    const site = compileSite("server { return 403; location / { return 200 inner; location /in { root /nowhere; } } }");
    expect(site.ask(site.request({ target: "/in" }))).toBe(404);
    expect(site.serverRewrite[0]?.(site.request())).toBe(403);
  });
});

describe("set", () => {
  test.each([
    ["set $x a; set $y $x-b; return 200 $y;", "/", "a-b"],
    ["if ($uri ~ ^/sq/(.*)$) { set $x $1; } return 200 $x|$1;", "/sq/a%20b", "a%20b|a b"],
    ["if ($uri ~ ^/sq/(.*)$) { set $x $1; } return 200 $x|$1;", "/sq/ab+", "ab%2B|ab+"],
    ["if ($uri ~ ^/sq/(.*)$) { set $x $1; } return 200 $x|$1;", "/sq/a&b", "a&b|a&b"],
    ["rewrite ^/sq/(.*)$ /r/$1; set $x $1; return 200 $x|$uri;", "/sq/a%20b", "a b|/r/a b"],
    ["set $args x=1; return 200 $args;", "/?y=2", "x=1"],
    ["set $x 1; break; set $x 2; return 200 $x;", "/", 404],
  ])("%s for %s gives %j", (steps, target, expected) => {
    expect(returned(`root /nowhere; ${steps}`, target)).toBe(expected);
  });

  test("a built-in variable without a setter is refused in nginx's words", () => {
    const site = compileSite("server { location / { set $uri x; } }");
    expect(site.diagnostics.map((each) => each.message)).toContain('the duplicate "uri" variable');
  });
});

describe("if", () => {
  const root = temporarySite({ file: "", "dir/": "" });

  test.each([
    ["($arg_a)", "/?a=1", true],
    ["($arg_a)", "/?a=0", false],
    ["($arg_a)", "/?a=00", true],
    ["($arg_a)", "/", false],
    ["($arg_a = 1)", "/?a=1", true],
    ["( $arg_a = 1 )", "/?a=1", true],
    ["($arg_a = 1)", "/?a=2", false],
    ["($arg_a != 1)", "/?a=2", true],
    ['($arg_a = "")', "/", true],
    ["($arg_a = $arg_b)", "/?a=x&b=x", true],
    ["($arg_a ~ ^X)", "/?a=xy", false],
    ["($arg_a ~* ^X)", "/?a=xy", true],
    ["($arg_a !~ ^X)", "/?a=xy", true],
    ["($arg_a !~* ^X)", "/?a=xy", false],
    ["(-f $arg_a)", `/?a=${root}/file`, true],
    ["(-f $arg_a)", `/?a=${root}/dir`, false],
    ["(!-f $arg_a)", `/?a=${root}/dir`, true],
    ["(-d $arg_a)", `/?a=${root}/dir`, true],
    ["(-e $arg_a)", `/?a=${root}/dir`, true],
    ["(!-e $arg_a)", `/?a=${root}/none`, true],
    ["(-x $arg_a)", `/?a=${root}/file`, false],
    ["(-x $arg_a)", `/?a=${root}/dir`, true],
    ["(!-d $arg_a)", `/?a=${root}/file/below`, true],
  ])("%s for %s is %s", (condition, target, expected) => {
    expect(returned(`if ${condition} { return 200 yes; } return 200 no;`, target)).toBe(expected ? "yes" : "no");
  });

  test("captures of a condition are seen inside and forgotten by the next that fails", () => {
    expect(returned('if ($arg_a ~ "^(.)") { return 200 "[$1]"; }', "/?a=xy")).toBe("[x]");
    expect(returned('if ($arg_a ~ "^(.)") { set $x 1; } if ($arg_a ~ z) { } return 200 "[$1]";', "/?a=xy")).toBe("[]");
  });

  test("the last true condition is the pseudo-location that the request goes on in", () => {
    const site = compileSite(
      "server { location / { add_header Outer 1; set $a 1; if ($a) { add_header One 1; } if ($a) { add_header Two 2; } return 200 x; } }",
    );
    expect(site.answer(site.request()).fields).toEqual(["Two", "2"]);
  });

  test("a pseudo-location has its own root and no try_files", () => {
    const site = compileSite(`server { location / { root /nowhere; try_files $uri =403; if ($arg_a) { root ${root}; } } }`);
    expect(site.ask(site.request({ target: "/file" }))).toBe(403);
    expect(site.answer(site.request({ target: "/file?a=1" })).status).toBe(200);
  });

  test.each([
    ["if $x { }", 'invalid condition "$x"'],
    ["if ($uri = a b) { }", 'invalid condition "$uri"'],
    ["if ($uri == a) { }", 'unexpected "==" in condition'],
    ["if (abc) { }", 'invalid condition "abc"'],
    ["if (-z a) { }", 'invalid condition "-z"'],
    ["if ($uri) { if ($uri) { } }", '"if" directive is not allowed here'],
    ["rewrite ^ '';", "empty replacement"],
    ["rewrite ^ /x sometimes;", 'invalid parameter "sometimes"'],
    ["return 1000;", 'invalid return code "1000"'],
    ["return abc;", 'invalid return code "abc"'],
    ["set x y;", 'invalid variable name "x"'],
  ])("%s is refused: %s", (steps, message) => {
    expect(compileSite(`server { location / { ${steps} } }`).diagnostics.map((each) => each.message)).toContain(message);
  });
});

describe("return", () => {
  test.each([
    ["return 301 /x?$args;", "/?a=b", { status: 301, location: "/x?a=b" }],
    ["return http://h$uri;", "/p", { status: 302, location: "http://h/p" }],
    ["return $scheme://h;", "/p", { status: 302, location: "http://h" }],
    ["return 301;", "/", { status: 301, location: "" }],
    ["return 307 https://h/;", "/", { status: 307, location: "https://h/" }],
    ['return 200 "x${uri}y";', "/a", { status: 200, body: "x/ay", contentLength: 4, contentType: "text/plain" }],
    ["return 200 {};", "/a.html", { status: 200, contentType: "text/html" }],
    ["return 200;", "/", { status: 200, body: "", contentLength: 0 }],
    ["return 204;", "/", { status: 204, body: undefined }],
    ["return 404 nope;", "/", { status: 404, body: "nope" }],
    ["return 206 abc;", "/", { status: 206, body: "abc" }],
  ])("%s for %s", (steps, target, expected) => {
    const site = compileSite(`server { location / { ${steps.replace("{}", '"{}"')} } }`);
    expect(site.ask(site.request({ target }))).toMatchObject(expected);
  });

  test.each([
    ["return 404;", 404],
    ['return 404 "";', 404],
    ["return 444;", 444],
    ["return 503;", 503],
  ])("%s goes through error_page as %i", (steps, status) => {
    const site = compileSite(`server { location / { ${steps} } }`);
    expect(site.ask(site.request())).toBe(status);
  });

  test("line breaks decoded from the URI do not reach the Location field", () => {
    expect(returned("return 301 https://h$uri;", "/x%0d%0aSet-Cookie:a")).toBe("https://h/x%0D%0ASet-Cookie:a");
  });

  test("HEAD has the length of the text and no body", () => {
    const site = compileSite("server { location / { return 200 abc; } }");
    expect(site.ask(site.request({ method: "HEAD" }))).toMatchObject({ contentLength: 3, body: undefined });
  });
});
