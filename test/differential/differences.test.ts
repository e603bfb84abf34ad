/** docs/differences.md and the tests agree: each section is named by a test. */

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { differenceSlugs } from "./difference-slugs.ts";

const FOLDERS = [new URL("./", import.meta.url), new URL("../integration/", import.meta.url)];

test("each difference from nginx is named by a test", () => {
  const sources = FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".test.ts"))
      .map((name) => readFileSync(new URL(name, folder), "utf8")),
  ).join("\n");
  expect(differenceSlugs().filter((slug) => !sources.includes(`"${slug}"`))).toEqual([]);
});

test("no difference is listed twice", () => {
  expect(new Set(differenceSlugs()).size).toBe(differenceSlugs().length);
});
