/** Which block a missing "}" belongs to, by the indentation of the braces: the text itself only shows that one is missing somewhere. */

import { createLexer, type Token } from "./lexer.ts";
import { positionOf, type Source } from "./source.ts";

interface Brace {
  /** The block's first word. */
  readonly name: string;
  readonly start: number;
}

/** A hint for a text that ends with blocks open. */
export function describeUnclosedBlock(source: Source): string {
  const { misindented, innermost } = findUnclosedBlock(source);
  if (misindented !== undefined) return `${describe(source, misindented)} seems not to be closed`;
  return innermost === undefined ? 'a "}" is missing' : `${describe(source, innermost)} is not closed`;
}

/** `misindented`: the first block whose "}" stands at the start of a line that is indented otherwise than the block's first line. */
function findUnclosedBlock(source: Source): { readonly misindented: Brace | undefined; readonly innermost: Brace | undefined } {
  const lexer = createLexer(source, []);
  const open: Brace[] = [];
  let misindented: Brace | undefined;
  let first: Token | undefined;
  for (let token = lexer.next(); token.kind !== "end"; token = lexer.next()) {
    if (token.kind === "word") {
      first ??= token;
      continue;
    }
    if (token.kind === "{") open.push({ name: first?.text ?? "", start: first?.span.start ?? token.span.start });
    first = undefined;
    if (token.kind !== "}") continue;
    const block = open.pop();
    const closing = indentOf(source.text, token.span.start);
    if (block === undefined || closing === undefined || misindented !== undefined) continue;
    const opening = indentOf(source.text, block.start);
    if (opening !== undefined && opening !== closing) misindented = block;
  }
  return { misindented, innermost: open[open.length - 1] };
}

/** The blanks before the first thing in a line; undefined for what is not the first. */
function indentOf(text: string, at: number): string | undefined {
  const before = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  return /^[ \t]*$/.test(before) ? before : undefined;
}

function describe(source: Source, block: Brace): string {
  const { line } = positionOf({ source, start: block.start, end: block.start });
  return `${block.name === "" ? "a block" : `"${block.name}"`} opened in line ${line}`;
}
