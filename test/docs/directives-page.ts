/** Writes docs/directives.md: every directive that foregate reads, as its tables have it. */

import { documentedDefault } from "./documented-default.ts";
import { type DocumentedDirective, documentedDirectives, OWN_MODULE } from "./documented-directives.ts";

const HEAD = `# Directives

Every directive that foregate reads: how it is written, what holds without it, where it can stand. Made from the tables in \`src/\` by
\`UPDATE=1 npx vitest run test/docs\`; do not edit. What a directive does is told by the page of its module on nginx.org, and what foregate does
otherwise by the last column. [Coverage](coverage.md) lists what is not supported. All are there since 0.1.0 unless a row says otherwise.
`;

/** The page's text. */
export function directivesPage(): string {
  const supported = documentedDirectives().filter(({ row }) => row !== undefined);
  const modules = [...new Set(supported.map(({ module }) => module))];
  const sections = modules.map((module) => {
    const rows = supported.filter((directive) => directive.module === module).map(tableRow);
    return `## ${module}\n\n| syntax | default | in | differs from nginx |\n|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `${HEAD}\n${sections.join("\n")}`;
}

function tableRow(directive: DocumentedDirective): string {
  const { name, row } = directive;
  const syntax = row?.syntax === "" || row === undefined ? name : `${name} ${row.syntax}`;
  const value = documentedDefault(directive);
  return `| ${code(syntax)} | ${value === undefined ? "" : code(value)} | ${(row?.in ?? []).join(", ")} | ${remark(directive)} |`;
}

function remark({ note, support, why, module, row }: DocumentedDirective): string {
  const parts = [
    support === "ignored" ? `accepted without effect: ${why}` : "",
    support === "refused" ? `refused: ${why}` : "",
    note?.differs ?? "",
    module === OWN_MODULE && row !== undefined ? "not in nginx" : "",
    note?.since === undefined ? "" : `since ${note.since}`,
  ].filter((part) => part !== "");
  return [parts.join("; "), ...links(note?.see ?? [])].filter((part) => part !== "").join(" ");
}

/** Links to the sections that tell more, by their names. */
export function links(places: readonly string[]): readonly string[] {
  return places.map((place) => `[${place.slice(place.indexOf("#") + 1)}](${place})`);
}

/** In a table a "|" would end the cell. */
function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}
