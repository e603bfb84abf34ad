/** Reads one argument, or several, with a value, and gives what came of it. */

import type { Diagnostic } from "../../../src/config/diagnostic.ts";
import { parse } from "../../../src/config/parser.ts";
import { createReport, type Report } from "../../../src/config/report.ts";
import { createSource } from "../../../src/config/source.ts";
import type { Arg } from "../../../src/config/tree.ts";
import type { Value } from "../../../src/config/value.ts";

export interface Outcome<T> {
  readonly value: T | undefined;
  readonly messages: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a directive "name" with these arguments, given as they stand in a configuration. */
export function readArgs<T>(raw: string, read: (args: readonly Arg[], report: Report) => T | undefined): Outcome<T> {
  const diagnostics: Diagnostic[] = [];
  const [statement] = parse(createSource("/t.conf", `name ${raw};`)).statements;
  if (statement === undefined) throw new Error(`Cannot read "${raw}": not one directive`);
  const value = read(statement.args, createReport(statement, diagnostics));
  return { value, messages: diagnostics.map(({ message }) => message), diagnostics };
}

export function readArg<T>(raw: string, value: Value<T>): Outcome<T> {
  return readArgs(raw, ([arg], report) => (arg === undefined ? undefined : value.read(arg, report)));
}
