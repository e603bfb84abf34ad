/** Binds one directive after another into an open block: finds its row, checks place, form and number of arguments. */

import type { UnsupportedDirectives } from "./bind.ts";
import { keepItem, keepSetting, readLines } from "./bind-setting.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { nearestName } from "./did-you-mean.ts";
import type { BlockMeaning, Context, Directive } from "./directive.ts";
import { type OpenBlock, openBlock } from "./open-block.ts";
import { createReport, type Report } from "./report.ts";
import { positionOf, type Span } from "./source.ts";
import type { Statement } from "./tree.ts";

/** What binding a configuration needs and gathers. */
export interface Binding {
  readonly directives: ReadonlyMap<string, Directive>;
  readonly unsupported: UnsupportedDirectives;
  readonly diagnostics: Diagnostic[];
}

/** Mistakes after which no more near names are looked for: in a file that is no configuration at all, every line would be one. */
const NEAR_NAMES_MAX = 200;

export function bindStatements(statements: readonly Statement[], block: OpenBlock, binding: Binding): void {
  for (const statement of statements) bindStatement(statement, block, binding);
}

/** nginx's order of checks: the name, the place, the form, the number of arguments, the arguments. */
function bindStatement(statement: Statement, block: OpenBlock, binding: Binding): void {
  const name = statement.name.text;
  const directive = binding.directives.get(name);
  if (directive === undefined) {
    reportUnknown(statement, block.context, binding);
    return;
  }
  const isAllowed = directive.in.includes(block.context);
  if (!isAllowed) reportMisplaced(statement, directive.in, binding);
  if (!hasRightForm(statement, directive, binding)) return;
  const [argsMin, argsMax] = directive.arity;
  const fits = statement.args.length >= argsMin && statement.args.length <= argsMax;
  if (!fits && isAllowed) {
    const hint = missingSemicolon(statement, binding) ?? `syntax: ${`${name} ${directive.syntax}`.trimEnd()}`;
    complain(binding, "wrong-arity", `invalid number of arguments in "${name}" directive`, statement.span, hint);
  }
  const isRight = isAllowed && fits;
  if (directive.block !== undefined) {
    bindBlock(statement, directive, directive.block, block, isRight, binding);
  } else if (isRight) {
    bindSetting(statement, directive, block, createReport(statement, binding.diagnostics), binding);
  }
}

function hasRightForm(statement: Statement, directive: Directive, binding: Binding): boolean {
  const name = statement.name.text;
  const wantsBlock = directive.block !== undefined || directive.lines !== undefined;
  if (wantsBlock === (statement.block !== undefined)) return true;
  if (wantsBlock) {
    complain(binding, "no-block", `directive "${name}" has no opening "{"`, statement.span);
    return false;
  }
  const hint = missingSemicolon(statement, binding);
  complain(binding, "not-terminated", `directive "${name}" is not terminated by ";"`, statement.span, hint);
  return false;
}

/** A wrong block's content is judged too, so that all its mistakes come to light in one run; the block itself is left out. */
function bindBlock(
  statement: Statement,
  directive: Directive,
  meaning: BlockMeaning,
  parent: OpenBlock,
  isRight: boolean,
  binding: Binding,
): void {
  const context = typeof meaning.context === "string" ? meaning.context : meaning.context[parent.context];
  if (context === undefined) return;
  const name = statement.name.text;
  if (isRight && meaning.once && parent.children.some((child) => child.name === name)) {
    complain(binding, "duplicate-directive", `"${name}" directive is duplicate`, statement.span);
  }
  const head = isRight ? directive.read(statement.args, createReport(statement, binding.diagnostics)) : undefined;
  const block = openBlock(statement, context, meaning.pseudo, head, parent);
  if (isRight) {
    parent.children.push(block);
    if (directive.slot !== undefined) keepItem(parent, directive, statement, block);
  }
  bindStatements(statement.block ?? [], block, binding);
}

function bindSetting(statement: Statement, directive: Directive, block: OpenBlock, report: Report, binding: Binding): void {
  const name = statement.name.text;
  switch (directive.kind) {
    case "one":
      keepSetting(block, directive, statement, directive.read(statement.args, report), directive.merge, binding.diagnostics);
      return;
    case "many": {
      const value = directive.read(statement.args, report);
      if (value !== undefined) keepItem(block, directive, statement, value);
      return;
    }
    case "lines":
    case "many lines": {
      const value = readLines(statement, directive, report, binding.diagnostics);
      if (value === undefined) return;
      if (directive.kind === "lines") keepSetting(block, directive, statement, value, directive.lines?.merge, binding.diagnostics);
      else keepItem(block, directive, statement, value);
      return;
    }
    case "ignored":
      if (directive.read(statement.args, report) === undefined) return;
      if (directive.isOnce) keepSetting(block, directive, statement, undefined, undefined, binding.diagnostics);
      binding.diagnostics.push({
        level: "notice",
        code: "ignored-directive",
        message: `"${name}" directive has no effect`,
        span: statement.span,
        hint: directive.why ?? "",
      });
      return;
    case "block":
      // Bound by bindBlock.
      return;
  }
}

function reportUnknown(statement: Statement, context: Context, binding: Binding): void {
  const name = statement.name.text;
  const unsupported = binding.unsupported.get(name);
  if (unsupported !== undefined) {
    if (!unsupported.contexts.includes(context)) reportMisplaced(statement, unsupported.contexts, binding);
    else complain(binding, "not-supported", `"${name}" directive is not supported yet`, statement.span, unsupported.why);
    return;
  }
  const near = nearestDirective(name, context, binding);
  const hint = near === undefined ? undefined : `did you mean "${near}"?`;
  complain(binding, "unknown-directive", `unknown directive "${name}"`, statement.name.span, hint);
}

/** A near name that is allowed here, else one that is not. */
function nearestDirective(name: string, context: Context, binding: Binding): string | undefined {
  if (binding.diagnostics.length > NEAR_NAMES_MAX) return undefined;
  const here = [...binding.directives].filter(([, directive]) => directive.in.includes(context)).map(([known]) => known);
  return nearestName(name, here) ?? nearestName(name, binding.directives.keys());
}

function reportMisplaced(statement: Statement, contexts: readonly Context[], binding: Binding): void {
  const hint = `allowed in ${contexts.join(", ")}`;
  complain(binding, "not-allowed-here", `"${statement.name.text}" directive is not allowed here`, statement.name.span, hint);
}

/** Tells of a line that begins with a directive's name among the arguments: the line before it has no ";". */
function missingSemicolon(statement: Statement, binding: Binding): string | undefined {
  let previous = statement.name.span;
  for (const arg of statement.args) {
    const isName = !arg.quoted && (binding.directives.has(arg.text) || binding.unsupported.has(arg.text));
    if (isName && arg.span.source.text.slice(previous.end, arg.span.start).includes("\n")) {
      return `is a ";" missing at the end of line ${positionOf({ ...previous, start: previous.end }).line}?`;
    }
    previous = arg.span;
  }
  return undefined;
}

function complain(binding: Binding, code: string, message: string, span: Span, hint?: string): void {
  binding.diagnostics.push({ level: "emerg", code, message, span, ...(hint === undefined ? {} : { hint }) });
}
