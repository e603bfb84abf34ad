/** A mistake or a remark about a configuration, as a value; and how it is printed, the first line in nginx's own form. */

import { codeFrame } from "./code-frame.ts";
import { displayText } from "./display-text.ts";
import { includersOf, placeOf, type Span } from "./source.ts";

export type DiagnosticLevel = "emerg" | "warn" | "notice";

export interface Diagnostic {
  readonly level: DiagnosticLevel;
  /** Kebab-case and stable: what tests and tools match. */
  readonly code: string;
  /** nginx's wording where nginx has one. */
  readonly message: string;
  readonly span?: Span;
  /** What was found, or what to write instead. */
  readonly hint?: string;
}

/** "foregate: [emerg] … in conf/site.conf:3", a code frame with the hint, and one line per includer; no final newline. */
export function formatDiagnostic(diagnostic: Diagnostic, options: { readonly program: string }): string {
  const { span } = diagnostic;
  const hint = displayText(diagnostic.hint ?? "");
  const head = `${options.program}: [${diagnostic.level}] ${displayText(diagnostic.message)}`;
  if (span === undefined) return hint === "" ? head : `${head}\n  ${hint}`;
  const includers = includersOf(span.source).map((includer) => `  included from ${displayText(placeOf(includer))}`);
  return [`${head} in ${displayText(placeOf(span))}`, codeFrame(span, hint), ...includers].join("\n");
}

/** Sorts by where the reader of the files, includes followed in place, meets them; those without a span stay first. */
export function inReadingOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics
    .map((diagnostic) => ({ diagnostic, path: pathTo(diagnostic.span) }))
    .sort((left, right) => comparePaths(left.path, right.path))
    .map(({ diagnostic }) => diagnostic);
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.level === "emerg");
}

/** Offsets from the outermost file inward. */
function pathTo(span: Span | undefined): readonly number[] {
  if (span === undefined) return [];
  // The command line's directives are read before the file's.
  const first = span.source.kind === "command line" ? -1 : 0;
  return [
    first,
    ...includersOf(span.source)
      .map((includer) => includer.start)
      .reverse(),
    span.start,
  ];
}

function comparePaths(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < left.length && index < right.length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
