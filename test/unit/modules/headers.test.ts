import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { compileSite } from "../compile-site.ts";

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);

/** The fields that a location adds to an answer of that status. */
function added(conf: string, target = "/", options: { status?: number } = {}): readonly string[] {
  const site = compileSite(`${conf.replace("RETURN", `return ${options.status ?? 200} text;`)}`);
  expect(site.diagnostics.filter((each) => each.level === "emerg")).toEqual([]);
  return site.answer(site.request({ target })).fields;
}

describe("add_header", () => {
  test.each([
    [200, ["A", "1", "B", "2"]],
    [201, ["A", "1", "B", "2"]],
    [206, ["A", "1", "B", "2"]],
    [307, ["A", "1", "B", "2"]],
    [404, ["B", "2"]],
    [500, ["B", "2"]],
  ])("for status %i adds %j", (status, fields) => {
    expect(added("server { location / { add_header A 1; add_header B 2 always; RETURN } }", "/", { status })).toEqual(fields);
  });

  test.each([
    ["add_header A 1; server { location / { RETURN } }", ["A", "1"]],
    ["add_header A 1; server { location / { add_header B 2; RETURN } }", ["B", "2"]],
    ["add_header A 1; server { add_header_inherit merge; location / { add_header B 2; RETURN } }", ["B", "2", "A", "1"]],
    ["add_header A 1; server { add_header B 2; location / { add_header_inherit merge; add_header C 3; RETURN } }", ["C", "3", "B", "2"]],
    ["add_header A 1; server { add_header_inherit off; location / { RETURN } }", []],
    ["add_header A 1; server { add_header_inherit off; location / { add_header B 2; RETURN } }", ["B", "2"]],
  ])("%s gives %j", (conf, fields) => {
    expect(added(conf)).toEqual(fields);
  });

  test("an empty value adds nothing", () => {
    expect(added("server { location / { add_header A $arg_a; RETURN } }")).toEqual([]);
  });

  test("a value cannot begin another field", () => {
    expect(added("server { location / { add_header A $uri; RETURN } }", "/x%0d%0aB:1")).toEqual(["A", "/x  B:1"]);
  });

  test("ETag and Last-Modified replace the answer's own", () => {
    const site = compileSite(
      `server { location / { add_header ETag '"x"'; add_header Last-Modified "Thu, 15 Jan 2026 12:00:00 GMT"; return 200 a; } }`,
    );
    expect(site.answer(site.request())).toMatchObject({
      etag: '"x"',
      lastModified: NOW / 1000,
      lastModifiedText: "Thu, 15 Jan 2026 12:00:00 GMT",
    });
    const without = compileSite(`server { location / { root ${process.cwd()}; add_header ETag ""; add_header Last-Modified ""; } }`);
    expect(without.answer(without.request({ target: "/package.json" }))).toMatchObject({
      etag: undefined,
      lastModified: -1,
      fields: ["Accept-Ranges", "bytes"],
    });
  });

  test("headers that an inner level drops are warned of", () => {
    const warnings = (conf: string) => compileSite(conf).diagnostics.map((each) => each.message);
    expect(warnings("add_header A 1; add_header B 1; server { location / { add_header b 2; } }")).toEqual([
      '"add_header" here drops the outer ones: "A"',
    ]);
    expect(warnings("add_header A 1; server { location / { add_header_inherit merge; add_header B 2; } }")).toEqual([]);
  });

  test.each([
    ["add_header A;", 'invalid number of arguments in "add_header" directive'],
    ["add_header A 1 sometimes;", 'invalid parameter "sometimes"'],
    ['add_header "A B" 1;', 'invalid field name "A B"'],
  ])("%s is refused: %s", (line, message) => {
    expect(compileSite(`server { location / { ${line} } }`).diagnostics.map((each) => each.message)).toContain(message);
  });
});

describe("add_trailer", () => {
  test("collects trailers apart from the fields", () => {
    const site = compileSite("server { location / { add_trailer A $arg_a; add_trailer B 2; return 200 a; } }");
    expect(site.answer(site.request({ target: "/?a=x" })).trailers).toEqual(["A", "x", "B", "2"]);
    expect(site.answer(site.request()).trailers).toEqual(["B", "2"]);
  });
});

describe("expires", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test.each([
    ["expires 1h;", ["Thu, 15 Jan 2026 13:00:00 GMT", "max-age=3600"]],
    ['expires "1h 30m";', ["Thu, 15 Jan 2026 13:30:00 GMT", "max-age=5400"]],
    ["expires 0;", ["Thu, 15 Jan 2026 12:00:00 GMT", "max-age=0"]],
    ["expires -1;", ["Thu, 15 Jan 2026 11:59:59 GMT", "no-cache"]],
    ["expires epoch;", ["Thu, 01 Jan 1970 00:00:01 GMT", "no-cache"]],
    ["expires max;", ["Thu, 31 Dec 2037 23:55:55 GMT", "max-age=315360000"]],
    ["expires modified +1h;", ["Thu, 15 Jan 2026 13:00:00 GMT", "max-age=3600"]],
    ["expires $arg_e;", ["Thu, 15 Jan 2026 12:00:10 GMT", "max-age=10"]],
  ])("%s gives %j", (line, expected) => {
    const site = compileSite(`server { location / { ${line} return 200 a; } }`);
    expect(site.answer(site.request({ target: "/?e=10" })).fields).toEqual(["Expires", expected[0], "Cache-Control", expected[1]]);
  });

  test.each(["expires off;", "expires $arg_none;", "expires $arg_bad;"])("%s adds nothing", (line) => {
    expect(added(`server { location / { ${line} RETURN } }`, "/?bad=soon")).toEqual([]);
  });

  test("@time is the next such time of the local day", () => {
    const midnight = new Date(NOW);
    midnight.setHours(0, 0, 0, 0);
    const age = (time: string) => added(`server { location / { expires @${time}; RETURN } }`)[3];
    const secondsNow = NOW / 1000 - midnight.getTime() / 1000;
    const later = secondsNow + 60 < 86_400 ? secondsNow + 60 : 0;
    expect(age(`${later}s`)).toBe(`max-age=${later > secondsNow ? 60 : 86_400 - secondsNow}`);
    expect(age(`${secondsNow}s`)).toBe("max-age=86400");
  });

  test("only good answers get the fields", () => {
    expect(added("server { location / { expires 1h; RETURN } }", "/", { status: 404 })).toEqual([]);
  });

  test("modified counts from Last-Modified, and what has passed is not cached", () => {
    const old = compileSite(`server { location / { root ${process.cwd()}; expires modified 1s; } }`);
    const response = old.answer(old.request({ target: "/package.json" }));
    expect(Date.parse(response.field("Expires") ?? "") / 1000).toBe(response.lastModified + 1);
  });

  test.each([
    ["expires modified epoch;", '"expires" directive invalid value'],
    ["expires changed 1h;", '"expires" directive invalid value'],
    ["expires modified @1h;", '"expires" directive daily time cannot be used with "modified" parameter'],
    ["expires @25h;", '"expires" directive daily time value must be less than 24 hours'],
  ])("%s is refused: %s", (line, message) => {
    expect(compileSite(`server { location / { ${line} } }`).diagnostics.map((each) => each.message)).toContain(message);
  });
});
