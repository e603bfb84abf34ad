/** docs/threat-model.md and the tests agree: each known attack that the page names has its test, and each that has a test is on the page. */

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const FOLDER = new URL("./", import.meta.url);
/** What is not on the page attack by attack: HTTP/2 and TLS speak for themselves in their files. */
const NOT_LISTED = /http2|tls|threat-model/;
const ID = /CVE-\d{4}-\d+/g;

const page = readFileSync(new URL("../../docs/threat-model.md", import.meta.url), "utf8");
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".ts"));
const textOf = (name: string): string => readFileSync(new URL(name, FOLDER), "utf8");

/** Rows of the table of attacks: the ids and the files that test them. */
const rows = [...page.slice(page.indexOf("## Known attacks")).matchAll(/^\| ([^|]+) \| ((?:[a-z0-9-]+(?:, )?)+) \| [^|]+ \|$/gm)]
  .map(([, what = "", names = ""]) => ({ what, ids: what.match(ID) ?? [], names: names.split(", ") }))
  .filter(({ what }) => what !== "known as");

test("the page has its table", () => {
  expect(rows.length).toBeGreaterThan(30);
});

test.each(rows)("$what: its tests are there", ({ ids, names }) => {
  const named = names.flatMap((name) => files.filter((file) => file === `${name}.test.ts` || file === `${name}.ts`));
  expect(named.length).toBeGreaterThanOrEqual(names.length);
  const texts = named.map(textOf).join("\n");
  for (const id of ids) expect(texts).toContain(id);
});

test("every attack that a test names is on the page", () => {
  const tested = files.filter((name) => !NOT_LISTED.test(name)).flatMap((name) => textOf(name).match(ID) ?? []);
  expect([...new Set(tested)].filter((id) => !page.includes(id))).toEqual([]);
});
