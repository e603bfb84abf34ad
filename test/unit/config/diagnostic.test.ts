import { describe, expect, it } from "vitest";
import { type Diagnostic, formatDiagnostic, hasErrors, inReadingOrder } from "../../../src/config/diagnostic.ts";
import { createCommandLineSource, createSource, placeOf, positionOf, type Source } from "../../../src/config/source.ts";

const diagnostic = (source: Source, start: number, end: number, rest: Partial<Diagnostic> = {}): Diagnostic => ({
  level: "emerg",
  code: "invalid-value",
  message: "m",
  span: { source, start, end },
  ...rest,
});
const format = (given: Diagnostic): string => formatDiagnostic(given, { program: "foregate" });

describe("formatDiagnostic()", () => {
  it("prints the message in nginx's form, a code frame and the hint", () => {
    const source = createSource("conf/site.conf", "server {\n  location / {\n    limit_req zone=nope burst=5;\n  }\n}\n");
    const message = 'zero size shared memory zone "nope"';
    const start = source.text.indexOf("zone=");
    expect(format(diagnostic(source, start, start + 9, { message, hint: "no limit_req_zone declares it" }))).toBe(
      [
        'foregate: [emerg] zero size shared memory zone "nope" in conf/site.conf:3',
        "  --> conf/site.conf:3:15",
        "3 |     limit_req zone=nope burst=5;",
        "  |               ^^^^^^^^^ no limit_req_zone declares it",
      ].join("\n"),
    );
  });

  it("names every includer, the nearest first", () => {
    const main = createSource("/main.conf", "a;\ninclude one;");
    const one = createSource("/one", "\n\ninclude two;", { source: main, start: 3, end: 14 });
    const two = createSource("/two", "x;", { source: one, start: 2, end: 13 });
    expect(
      format(diagnostic(two, 0, 1))
        .split("\n")
        .slice(-2),
    ).toEqual(["  included from /one:3", "  included from /main.conf:2"]);
  });

  it("prints no frame where there is no place", () => {
    expect(format({ level: "warn", code: "c", message: "m" })).toBe("foregate: [warn] m");
    expect(format({ level: "warn", code: "c", message: "m", hint: "h" })).toBe("foregate: [warn] m\n  h");
  });

  it("says so for the command line", () => {
    const lines = format(diagnostic(createCommandLineSource("daemon of;"), 7, 9)).split("\n");
    expect(lines).toEqual(["foregate: [emerg] m in command line", "  --> command line:8", "1 | daemon of;", "  |        ^^"]);
  });

  it("aligns carets behind tabs and UTF-8, and shows no control characters", () => {
    const lines = format(diagnostic(createSource("/a", "\t\xc3\xa9\x1b x\r\n"), 5, 6)).split("\n");
    expect(lines.slice(2)).toEqual(["1 |  é\ufffd x", "  |     ^"]);
  });

  it("marks only the first line of a long span, and the end of the text with one caret", () => {
    const source = createSource("/a", "ab\ncd");
    expect(
      format(diagnostic(source, 1, 5))
        .split("\n")
        .slice(2),
    ).toEqual(["1 | ab", "  |  ^"]);
    expect(
      format(diagnostic(source, 5, 5))
        .split("\n")
        .slice(2),
    ).toEqual(["2 | cd", "  |   ^"]);
    expect(
      format(diagnostic(createSource("/a", "ab\n"), 3, 3))
        .split("\n")
        .slice(2),
    ).toEqual(["2 |", "  | ^"]);
  });

  it("cuts a long line around the mistake", () => {
    const lines = format(diagnostic(createSource("/a", `${"a".repeat(1000)}X${"b".repeat(1000)}`), 1000, 1001)).split("\n");
    const shown = lines[2] ?? "";
    expect(shown.length).toBeLessThan(140);
    expect(shown.indexOf("X")).toBe((lines[3] ?? "").indexOf("^"));
  });
});

describe("inReadingOrder()", () => {
  it("follows includes in place", () => {
    const main = createSource("/m", "aaaa include b;");
    const inner = createSource("/i", "cccccccccccccccccccccccc", { source: main, start: 5, end: 14 });
    const given = [diagnostic(main, 14, 15), diagnostic(inner, 20, 21), diagnostic(inner, 3, 4), diagnostic(main, 0, 1)];
    const without: Diagnostic = { level: "emerg", code: "c", message: "m" };
    const line = diagnostic(createCommandLineSource("xxxxxxxxxx"), 9, 10);
    expect(inReadingOrder([...given, line, without])).toEqual([without, line, given[3], given[2], given[1], given[0]]);
  });

  it("keeps the order of those at one place", () => {
    const source = createSource("/m", "a");
    const given = ["1", "2", "3"].map((message) => diagnostic(source, 0, 1, { message }));
    expect(inReadingOrder(given)).toEqual(given);
  });
});

describe("hasErrors()", () => {
  it("counts only [emerg]", () => {
    expect(hasErrors([{ level: "warn", code: "c", message: "m" }])).toBe(false);
    expect(hasErrors([{ level: "emerg", code: "c", message: "m" }])).toBe(true);
  });
});

describe("positionOf()", () => {
  it("counts lines and columns from one at every offset", () => {
    const source = createSource("/a", "ab\n\ncd\n");
    const positions = Array.from({ length: 8 }, (_, start) => positionOf({ source, start, end: start }));
    expect(positions.map(({ line, column }) => `${line}:${column}`)).toEqual(["1:1", "1:2", "1:3", "2:1", "3:1", "3:2", "3:3", "4:1"]);
    expect(placeOf({ source, start: 4, end: 5 })).toBe("/a:3");
  });
});
