/** The syntax tree of a configuration: directives as written, their meaning not yet known. */

import type { Source, Span } from "./source.ts";

/** One word of a directive. */
export interface Arg {
  /** Quotes removed, escapes undone; latin1. */
  readonly text: string;
  readonly quoted: boolean;
  /** Quotes included. */
  readonly span: Span;
}

/** A directive: its name, its arguments, and its block if it has one. */
export interface Statement {
  readonly name: Arg;
  readonly args: readonly Arg[];
  readonly block: readonly Statement[] | undefined;
  /** From the name to the last argument. */
  readonly span: Span;
}

/** A whole configuration, includes spliced in; each node's span names the file it stands in. */
export interface ConfigTree {
  readonly statements: readonly Statement[];
  /** In the order of reading; a file included twice stands twice. */
  readonly sources: readonly Source[];
}

/** The place of a part of an argument's text; the whole argument where escapes make offsets differ. */
export function partSpan(arg: Arg, from: number, to: number): Span {
  const { source, start, end } = arg.span;
  const quotes = arg.quoted ? 1 : 0;
  if (end - start - 2 * quotes !== arg.text.length) return arg.span;
  return { source, start: start + quotes + from, end: start + quotes + to };
}

/** An argument made of the end of another, as the value in `burst=5`. */
export function argFrom(arg: Arg, from: number): Arg {
  return { text: arg.text.slice(from), quoted: false, span: partSpan(arg, from, arg.text.length) };
}
