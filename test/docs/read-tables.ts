/** The data beside the generator: tab-separated lines, "#" begins a comment and "## " a section. */

import { readFileSync } from "node:fs";

export interface NginxDirective {
  readonly module: string;
  readonly name: string;
  /** As nginx's page prints it; undefined where it gives none. */
  readonly default: string | undefined;
}

/** Every directive that nginx documents for HTTP, and what belongs to no module, in the order of the file. */
export function readNginxDirectives(): readonly NginxDirective[] {
  let module = "";
  const found: NginxDirective[] = [];
  for (const line of linesOf("nginx-directives.tsv")) {
    if (line.startsWith("## ")) module = line.slice("## ".length);
    else if (!line.startsWith("#")) {
      const [name = "", value] = line.split("\t");
      found.push({ module, name, default: value });
    }
  }
  return found;
}

/** Names by how many configurations hold them, the most first. */
export function readUsedDirectives(): readonly string[] {
  return linesOf("used-directives.tsv")
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.split("\t")[0] ?? "");
}

function linesOf(file: string): readonly string[] {
  return readFileSync(new URL(file, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line !== "");
}
