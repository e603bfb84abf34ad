/** Configurations as text again: the files as they were read (-T), and a tree in one canonical form. */

import type { Source } from "./source.ts";
import type { Arg, ConfigTree, Statement } from "./tree.ts";

/** The files of a configuration in the order of reading, each once, as -T prints them. */
export function listSources(tree: ConfigTree): readonly Source[] {
  const seen = new Set<string>();
  return tree.sources.filter((source) => {
    if (source.kind !== "file" || seen.has(source.path)) return false;
    seen.add(source.path);
    return true;
  });
}

/** What -T writes after the verdict: each file under a "# configuration file PATH:" line, latin1 as read. */
export function printSources(tree: ConfigTree): string {
  return listSources(tree)
    .map((source) => `# configuration file ${source.path}:\n${source.text}\n`)
    .join("");
}

/** A tree as text that parses to the same tree: one directive a line, four spaces a level, no comments. */
export function printTree(statements: readonly Statement[], indent = ""): string {
  return statements.map((statement) => printStatement(statement, indent)).join("");
}

function printStatement(statement: Statement, indent: string): string {
  const words = [statement.name, ...statement.args].map(printArg).join(" ");
  if (statement.block === undefined) return `${indent}${words};\n`;
  return `${indent}${words} {\n${printTree(statement.block, `${indent}    `)}${indent}}\n`;
}

/** A word that needs no quotes: no blank, quote, mark or comment sign where it would count, and no backslash that would be an escape. */
const PLAIN = /^(?!#)(?:[^ \t\r\n;{}"'\\$]|\$\{\w*\}|\$(?!\{)|\\(?![ \t\r\n;{}"'\\trn$]|$))+$/;

/** One word with quotes and escapes where they are needed. */
export function printArg(arg: Pick<Arg, "text" | "quoted">): string {
  if (!arg.quoted && PLAIN.test(arg.text)) return arg.text;
  return `"${arg.text.replace(/["\\]/g, "\\$&")}"`;
}
