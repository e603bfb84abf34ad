/** The differences from nginx that docs/differences.md owns up to. */

import { readFileSync } from "node:fs";

/** The `### slug` headings, in order. */
export function differenceSlugs(): readonly string[] {
  const text = readFileSync(new URL("../../docs/differences.md", import.meta.url), "utf8");
  return [...text.matchAll(/^### ([a-z0-9-]+)$/gm)].map((match) => match[1] ?? "");
}
