/** Keeps what a directive was read into, under its name or its slot, in the block that it stands in. */

import type { Diagnostic } from "./diagnostic.ts";
import type { Directive, Line, LinesMeaning } from "./directive.ts";
import type { OpenBlock } from "./open-block.ts";
import type { Report } from "./report.ts";
import { placeOf } from "./source.ts";
import type { Statement } from "./tree.ts";

/** Sets what a block can set once; `value` undefined means that it could not be read, which was reported. */
export function keepSetting(
  block: OpenBlock,
  directive: Directive,
  statement: Statement,
  value: unknown,
  merge: LinesMeaning["merge"],
  diagnostics: Diagnostic[],
): void {
  const name = statement.name.text;
  const key = directive.slot ?? name;
  const earlier = block.origins[key];
  if (earlier !== undefined && merge === undefined) {
    const rest = earlier.name.text === name ? "" : `, "${earlier.name.text}" directive was specified earlier`;
    diagnostics.push({
      level: "emerg",
      code: "duplicate-directive",
      message: `"${name}" directive is duplicate${rest}`,
      span: statement.span,
      hint: `the first is in ${placeOf(earlier.span)}`,
    });
    return;
  }
  if (earlier === undefined) block.origins[key] = statement;
  if (value === undefined) return;
  // Both come from the same row's reader, which is what its merge takes.
  const merged = merge !== undefined && key in block.own ? merge(block.own[key] as never, value as never) : value;
  block.own[key] = directive.slot === undefined ? merged : { directive: name, value: merged, span: statement.span };
}

/** Appends to what a block can hold several of; its first item starts a list of the block's own. */
export function keepItem(block: OpenBlock, directive: Directive, statement: Statement, value: unknown): void {
  const name = statement.name.text;
  const key = directive.slot ?? name;
  const item = directive.slot === undefined ? value : { directive: name, value, span: statement.span };
  const list = block.own[key];
  if (Array.isArray(list)) {
    list.push(item);
    return;
  }
  block.origins[key] = statement;
  block.own[key] = [item];
}

/** Reads a block of lines; a block inside it is nginx's `unexpected "{"`. */
export function readLines(statement: Statement, directive: Directive, report: Report, diagnostics: Diagnostic[]): unknown {
  const lines: Line[] = [];
  for (const { name, args, block, span } of statement.block ?? []) {
    if (block === undefined) lines.push({ name, args, span });
    else diagnostics.push({ level: "emerg", code: "unexpected-character", message: 'unexpected "{"', span });
  }
  return directive.lines?.read(lines, report, statement.args);
}
