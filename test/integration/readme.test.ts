/** What README.md shows is what the program prints. */

import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runForegate } from "./run-program.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

test("README.md shows what explain prints", () => {
  const readme = readFileSync(`${ROOT}README.md`, "utf8");
  const [, args = "", shown] = /^```console\n\$ foregate (explain [^\n]*)\n(.*?)^```$/ms.exec(readme) ?? [];
  const { code, stdout } = runForegate(args.split(" "), ROOT);
  expect(code).toBe(0);
  expect(Buffer.from(stdout, "latin1").toString()).toBe(shown);
});

test.each([
  "README.md",
  "docs/architecture.md",
  "docs/explain.md",
  "docs/differences.md",
  "docs/differences-config.md",
  "docs/directives.md",
  "docs/coverage.md",
  "docs/environment.md",
  "docs/threat-model.md",
  "docs/systemd.md",
])("links of %s lead somewhere", (page) => {
  const text = readFileSync(ROOT + page, "utf8");
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? "");
  for (const link of links) expect(() => statSync(new URL(link, `file://${ROOT}${page}`)), link).not.toThrow();
});
