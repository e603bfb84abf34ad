/** Writes docs/coverage.md: each directive that nginx documents for HTTP, and what foregate makes of it. */

import { links } from "./directives-page.ts";
import { type DocumentedDirective, documentedDirectives, OWN_MODULE, type Support } from "./documented-directives.ts";
import { readUsedDirectives } from "./read-tables.ts";

/** How many of the most used directives the page accounts for one by one. */
const MOST_USED = 200;

const SUPPORTS: readonly Support[] = ["same", "differs", "ignored", "refused"];

const HEAD = `# Coverage

Every directive of nginx 1.31 for HTTP, by the module that documents it, and of two modules that are not part of it: ngx_brotli and the commercial
version's ngx_http_auth_jwt_module. All others of that version are unknown here, as they are in nginx itself. Made by \`UPDATE=1 npx vitest run test/docs\`; do not edit.

- **same**: read and obeyed as nginx does
- **differs**: read and obeyed, with a deliberate difference
- **ignored**: checked, listed by \`-t\`, and without effect, because what it tunes is not there
- **refused**: a configuration that holds it does not load; the message says why
`;

/** The page's text. */
export function coveragePage(): string {
  const all = documentedDirectives().filter(({ module }) => module !== OWN_MODULE);
  return [HEAD, counts(all), mostUsed(all), ...modulesOf(all).map((module) => section(module, all))].join("\n");
}

/** Of directives that share a name, the one that is best supported. */
export function supportByName(all: readonly DocumentedDirective[]): ReadonlyMap<string, DocumentedDirective> {
  const found = new Map<string, DocumentedDirective>();
  for (const directive of all) {
    const other = found.get(directive.name);
    if (other === undefined || SUPPORTS.indexOf(directive.support) < SUPPORTS.indexOf(other.support)) found.set(directive.name, directive);
  }
  return found;
}

function modulesOf(all: readonly DocumentedDirective[]): readonly string[] {
  return [...new Set(all.map(({ module }) => module))];
}

function counts(all: readonly DocumentedDirective[]): string {
  const row = (title: string, some: readonly DocumentedDirective[]): string => {
    const numbers = SUPPORTS.map((support) => some.filter((directive) => directive.support === support).length);
    return `| ${title} | ${numbers.map((number) => (number === 0 ? "" : String(number))).join(" | ")} |`;
  };
  const rows = modulesOf(all).map((module) =>
    row(
      `[${module}](#${anchor(module)})`,
      all.filter((directive) => directive.module === module),
    ),
  );
  return `| module | ${SUPPORTS.join(" | ")} |\n|---|---|---|---|---|\n${rows.join("\n")}\n${row("**all**", all)}\n`;
}

function mostUsed(all: readonly DocumentedDirective[]): string {
  const byName = supportByName(all);
  const used = readUsedDirectives().slice(0, MOST_USED);
  const lists = SUPPORTS.map((support) => {
    const names = used.filter((name) => byName.get(name)?.support === support);
    return `- **${support}** (${names.length}): ${names.map((name) => `\`${name}\``).join(", ")}\n`;
  });
  return `## The ${MOST_USED} most used\n\nBy how many configurations of nginx's own tests hold them, the most first.\n\n${lists.join("")}`;
}

function section(module: string, all: readonly DocumentedDirective[]): string {
  const own = all.filter((directive) => directive.module === module);
  const lines = SUPPORTS.flatMap((support) => {
    const some = own.filter((directive) => directive.support === support);
    if (some.length === 0) return [];
    if (support === "same") return [`- **same**: ${namesOf(some)}`];
    if (support === "differs") return some.map(difference);
    const reasons = [...new Set(some.map(({ why }) => why))];
    return reasons.map((reason) => `- **${support}**, ${reason}: ${namesOf(some.filter(({ why }) => why === reason))}`);
  });
  return `## ${module}\n\n${lines.join("\n")}\n`;
}

function difference({ name, note }: DocumentedDirective): string {
  return [`- **differs**: \`${name}\`: ${note?.differs}`, ...links(note?.see ?? [])].join(" ");
}

function namesOf(some: readonly DocumentedDirective[]): string {
  return some.map(({ name }) => `\`${name}\``).join(", ");
}

function anchor(title: string): string {
  return title.toLowerCase().replaceAll(" ", "-");
}
