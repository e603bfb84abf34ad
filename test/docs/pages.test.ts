/** docs/directives.md and docs/coverage.md are what the tables say. UPDATE=1 writes them. */

import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { coveragePage, supportByName } from "./coverage-page.ts";
import { DIRECTIVE_NOTES } from "./directive-notes.ts";
import { directivesPage } from "./directives-page.ts";
import { defaultOf, documentedDefault, readDefault } from "./documented-default.ts";
import { documentedDirectives, noteName, tableRows, upstreamRows } from "./documented-directives.ts";
import { readUsedDirectives } from "./read-tables.ts";

const DOCS = new URL("../../docs/", import.meta.url);

/** Defaults that are words for what no single directive could say. */
const NOT_READABLE: ReadonlySet<string> = new Set(["listen", "log_format", "proxy_set_header", "types"]);

test.each([
  ["directives.md", directivesPage],
  ["coverage.md", coveragePage],
] as const)("docs/%s is up to date", (name, page) => {
  const url = new URL(name, DOCS);
  const text = page();
  if (process.env["UPDATE"] === "1") writeFileSync(url, text);
  expect(readFileSync(url, "utf8"), "run UPDATE=1 npx vitest run test/docs").toBe(text);
});

describe("the data of the pages", () => {
  const documented = documentedDirectives();

  test("every directive that foregate reads is in nginx-directives.tsv", () => {
    const names = new Set(documented.filter(({ row }) => row !== undefined).map(({ name }) => name));
    expect([...tableRows.keys(), ...upstreamRows.keys()].filter((name) => !names.has(name))).toEqual([]);
  });

  test("every note is about a directive that foregate reads", () => {
    const names = new Set(documented.filter(({ row }) => row !== undefined).map(noteName));
    expect(Object.keys(DIRECTIVE_NOTES).filter((name) => !names.has(name))).toEqual([]);
  });

  test("every note's links lead to a section", () => {
    const places = Object.values(DIRECTIVE_NOTES).flatMap(({ see }) => see ?? []);
    for (const place of new Set(places))
      expect(sections(place.slice(0, place.indexOf("#"))), place).toContain(place.slice(place.indexOf("#") + 1));
  });

  test("the documented defaults are what the tables hold, as the rows' own readers read them", () => {
    const checked = documented.flatMap((directive) => {
      const { name, module, row } = directive;
      const holdsOne = row?.default !== undefined && row.default !== "" && !(Array.isArray(row.default) && row.default.length === 0);
      if (row === undefined || !holdsOne || row.syntax === "" || NOT_READABLE.has(name)) return [];
      const text = documentedDefault(directive);
      return [{ name: `${module} ${name}`, read: text === undefined ? undefined : readDefault(name, row, text), held: defaultOf(row) }];
    });
    expect(Object.fromEntries(checked.map(({ name, read }) => [name, read]))).toEqual(
      Object.fromEntries(checked.map(({ name, held }) => [name, held])),
    );
  });

  test("the most used directives are all accounted for", () => {
    const known = supportByName(documented);
    expect(readUsedDirectives().filter((name) => !known.has(name))).toEqual([]);
  });
});

/** The anchors of a page below docs/. */
function sections(page: string): readonly string[] {
  const headings = readFileSync(new URL(page, DOCS), "utf8").matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, title = ""]) => title.toLowerCase().replaceAll(" ", "-"));
}
