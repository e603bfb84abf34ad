/** What one argument of a directive may be: how it is read, and how documentation shows it. */

import type * as z from "zod/mini";
import type { Report } from "./report.ts";
import type { Arg } from "./tree.ts";

export interface Value<T> {
  /** As in nginx's documentation: "on | off", "size", "time". */
  readonly syntax: string;
  /** Reports a bad argument and returns undefined. */
  readonly read: (arg: Arg, report: Report) => T | undefined;
}

/** What all the arguments of a directive are together. */
export interface ListValue<T> {
  readonly syntax: string;
  /** Fewest arguments; there is no most. */
  readonly argsMin: number;
  readonly read: (args: readonly Arg[], report: Report) => T | undefined;
}

/** Words a bad argument: gets its text, the directive's name and the failed check's own message. */
export type Complaint = (text: string, directive: string, check: string) => string;

/** nginx's way for values that one directive holds: `"client_max_body_size" directive invalid value`. */
export const directiveInvalidValue: Complaint = (_text, directive) => `"${directive}" directive invalid value`;
/** nginx's way for words out of a set: `invalid value "x"`. */
export const invalidValue: Complaint = (text) => `invalid value "${text}"`;

/** A value that a zod schema reads from the argument's text. */
export function schemaValue<T>(syntax: string, schema: z.ZodMiniType<T, string>, complaint: Complaint = invalidValue): Value<T> {
  const read = (arg: Arg, report: Report): T | undefined => {
    const outcome = schema.safeParse(arg.text);
    if (outcome.success) return outcome.data;
    return report.error(complaint(arg.text, report.directive, outcome.error.issues[0]?.message ?? ""), arg.span);
  };
  return { syntax, read };
}

/** The same value with another complaint: for directives that nginx words differently. */
export function wordedAs<T>(value: Value<T>, complaint: Complaint): Value<T> {
  const read = (arg: Arg, report: Report): T | undefined =>
    value.read(arg, silent(report)) ?? report.error(complaint(arg.text, report.directive, ""), arg.span);
  return { syntax: value.syntax, read };
}

/** The first of several values that reads the argument; the last one's complaint stands. */
export function either<First, Second>(first: Value<First>, second: Value<Second>): Value<First | Second>;
export function either<First, Second, Third>(
  first: Value<First>,
  second: Value<Second>,
  third: Value<Third>,
): Value<First | Second | Third>;
export function either(...values: readonly Value<unknown>[]): Value<unknown> {
  const last = values.length - 1;
  const read = (arg: Arg, report: Report): unknown => {
    const quiet = silent(report);
    for (let index = 0; index <= last; index++) {
      const outcome = values[index]?.read(arg, index === last ? report : quiet);
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  };
  return { syntax: values.map((value) => value.syntax).join(" | "), read };
}

function silent(report: Report): Report {
  return { directive: report.directive, span: report.span, error: () => undefined, warn: () => undefined };
}
