import { describe, expect, it } from "vitest";
import { suspectBacktracking } from "../../../../src/http/routing/backtracking.ts";

describe("suspectBacktracking()", () => {
  it.each([
    "^(a+)+$",
    "^(\\w+\\s?)*$",
    "^(a|a)*$",
    "^([a-z]+[a-z0-9]*)+$",
    "^(?:.|%[0-9a-f]{2})*x",
    "(x+x+)+y",
    "^(([a-z])+.)+[A-Z]$",
    "^(.*a)*b$",
  ])("suspects %s", (pattern) => {
    expect(suspectBacktracking(pattern)).toMatch(/can divide the same text/);
  });

  it.each([
    "\\.php$",
    "^/(?:[^/]+/)*[^/]+$",
    "^/([a-z0-9]+(-[a-z0-9]+)*)/$",
    "^(a++)+$",
    "^(?>a+)+$",
    "(\\w+\\s?)*",
    "^/(.*)\\.(gif|jpg)$",
    "^(?:\\.|[^.])*$",
    "(a{1,3}){2}b",
    "(a",
  ])("has nothing against %s", (pattern) => {
    expect(suspectBacktracking(pattern)).toBeUndefined();
  });

  it("names the repeat", () => {
    expect(suspectBacktracking("^/x(a+)+$")).toContain('"(a+)+"');
  });
});
