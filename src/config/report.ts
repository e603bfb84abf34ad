/** How the reading of one directive tells of mistakes; what it says gets the directive's place where it names none. */

import type { Diagnostic } from "./diagnostic.ts";
import type { Span } from "./source.ts";
import type { Statement } from "./tree.ts";

export interface Report {
  /** The directive's name as written. */
  readonly directive: string;
  /** From the directive's name to its last argument. */
  readonly span: Span;
  /** An [emerg]. Returns undefined, so that a reader can `return report.error(…)`. */
  readonly error: (message: string, at?: Span, hint?: string) => undefined;
  readonly warn: (message: string, at?: Span, hint?: string) => undefined;
}

/** Collects into `diagnostics` under the code "invalid-value". */
export function createReport(statement: Pick<Statement, "name" | "span">, diagnostics: Diagnostic[]): Report {
  const add = (level: "emerg" | "warn", message: string, at: Span | undefined, hint: string | undefined): undefined => {
    diagnostics.push({ level, code: "invalid-value", message, span: at ?? statement.span, ...(hint === undefined ? {} : { hint }) });
    return undefined;
  };
  return {
    directive: statement.name.text,
    span: statement.span,
    error: (message, at, hint) => add("emerg", message, at, hint),
    warn: (message, at, hint) => add("warn", message, at, hint),
  };
}
