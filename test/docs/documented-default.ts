/** A directive's default as documentation prints it, and the proof that it is what the tables hold. */

import type { Diagnostic } from "../../src/config/diagnostic.ts";
import type { Directive } from "../../src/config/directive.ts";
import { parse } from "../../src/config/parser.ts";
import { createReport } from "../../src/config/report.ts";
import { createSource } from "../../src/config/source.ts";
import type { DocumentedDirective } from "./documented-directives.ts";

/** Undefined: where nothing is written, nothing is set. */
export function documentedDefault({ note, row, default: nginxDefault }: DocumentedDirective): string | undefined {
  if (row?.kind === "ignored" || row?.kind === "block") return undefined;
  const text = note?.default ?? nginxDefault;
  return text === "" ? undefined : text;
}

/** What the row's own reader makes of a default's text, places left out; a list for a directive that may be repeated. */
export function readDefault(name: string, row: Directive, text: string): unknown {
  const source = createSource("default", row.lines === undefined ? `${name} ${text};` : `${name} { ${text} }`);
  const [statement] = parse(source).statements;
  if (statement === undefined) throw new Error(`Cannot read the default of "${name}": ${text}`);
  const diagnostics: Diagnostic[] = [];
  const report = createReport(statement, diagnostics);
  const lines = (statement.block ?? []).map(({ name, args, span }) => ({ name, args, span }));
  const value = row.lines === undefined ? row.read(statement.args, report) : row.lines.read(lines, report, statement.args);
  if (diagnostics.length > 0) throw new Error(`Cannot read the default of "${name}": ${diagnostics[0]?.message}`);
  return withoutPlaces(row.kind === "many" ? [value] : value);
}

/** The row's own default in the same form. */
export function defaultOf(row: Directive): unknown {
  return withoutPlaces(row.default);
}

/** A copy without `span`s and without properties that are undefined. */
function withoutPlaces(value: unknown): unknown {
  if (value instanceof Map) return new Map(value);
  if (Array.isArray(value)) return value.map(withoutPlaces);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => key !== "span" && inner !== undefined)
      .map(([key, inner]) => [key, withoutPlaces(inner)]),
  );
}
