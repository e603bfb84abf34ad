/** Arguments by position and by name: `path [format] [buffer=size] [nodelay]` declared as an object, read into one. */

import { nearestName } from "./did-you-mean.ts";
import type { Report } from "./report.ts";
import type { Span } from "./source.ts";
import { type Arg, argFrom } from "./tree.ts";
import type { ListValue, Value } from "./value.ts";

/** One argument that is not simply required at its position. */
export interface ArgSpec<T> {
  readonly kind: "optional" | "named" | "word" | "rest";
  readonly value: Value<unknown> | undefined;
  readonly list: ListValue<unknown> | undefined;
  /** A named argument without a default must be given. */
  readonly required: boolean;
  readonly default: unknown;
  /** How nginx words a bad value, given the whole argument; else the value's own complaint. */
  readonly complaint: ((arg: string) => string) | undefined;
  /** Never set: carries the type of what is read. */
  readonly read?: T;
}

/** Declared arguments under the names that the setting will have: a bare value is required at its position. */
export type ArgSpecs = Readonly<Record<string, ArgSpec<unknown> | Value<unknown>>>;

/** What arguments read into, with the place of the whole directive. */
export type ArgsOf<A> = { readonly [K in keyof A]: A[K] extends ArgSpec<infer T> ? T : A[K] extends Value<infer V> ? V : never } & {
  readonly span: Span;
};

/** An argument that may be left out at the end. */
export function optional<T>(value: Value<T>): ArgSpec<T | undefined>;
export function optional<T, D>(value: Value<T>, fallback: D): ArgSpec<T | D>;
export function optional(value: Value<unknown>, fallback?: unknown): ArgSpec<unknown> {
  return { kind: "optional", value, list: undefined, required: false, default: fallback, complaint: undefined };
}

/** `name=value`, anywhere after the required arguments. Without `fallback` (undefined may be given) it must be there. */
export function named<T>(value: Value<T>): ArgSpec<T>;
export function named<T, D>(value: Value<T>, fallback: D, complaint?: (arg: string) => string): ArgSpec<T | D>;
export function named(
  value: Value<unknown>,
  ...rest: readonly [fallback?: unknown, complaint?: (arg: string) => string]
): ArgSpec<unknown> {
  return { kind: "named", value, list: undefined, required: rest.length === 0, default: rest[0], complaint: rest[1] };
}

/** A word that is there or not: `nodelay`. */
export function word(): ArgSpec<boolean> {
  return { kind: "word", value: undefined, list: undefined, required: false, default: false, complaint: undefined };
}

/** All arguments that nothing else takes. */
export function rest<T>(list: ListValue<T>): ArgSpec<T> {
  return { kind: "rest", value: undefined, list, required: false, default: [], complaint: undefined };
}

/** What a declaration, or a single value, comes to in a row of a table. */
export interface ArgsReader {
  readonly syntax: string;
  readonly arity: readonly [min: number, max: number];
  readonly read: (args: readonly Arg[], report: Report) => unknown;
}

/** Compiles a declaration. The reader gives an object with every declared name and `span`. */
export function argsReader(specs: ArgSpecs): ArgsReader {
  const plan = planOf(specs);
  const names = Object.keys(specs);
  const argsMin = plan.required.length + plan.mustBeNamed.length + (plan.remainder?.[1].argsMin ?? 0);
  return {
    syntax: Object.entries(specs)
      .map(([name, spec]) => syntaxOf(name, spec))
      .join(" "),
    arity: [argsMin, plan.remainder === undefined ? names.length : Infinity],
    read: (args, report) => readByPlan(plan, args, report),
  };
}

/** A declaration sorted by how arguments find their place. */
interface Plan {
  readonly required: readonly (readonly [string, Value<unknown>])[];
  readonly optionals: readonly (readonly [string, Value<unknown>])[];
  readonly byName: ReadonlyMap<string, ArgSpec<unknown>>;
  readonly remainder: readonly [string, ListValue<unknown>] | undefined;
  readonly mustBeNamed: readonly string[];
  readonly defaults: Readonly<Record<string, unknown>>;
}

function planOf(specs: ArgSpecs): Plan {
  const required: [string, Value<unknown>][] = [];
  const optionals: [string, Value<unknown>][] = [];
  const byName = new Map<string, ArgSpec<unknown>>();
  const defaults: Record<string, unknown> = {};
  let remainder: [string, ListValue<unknown>] | undefined;
  for (const [name, spec] of Object.entries(specs)) {
    if (!("kind" in spec)) {
      required.push([name, spec]);
      continue;
    }
    defaults[name] = spec.default;
    if (spec.kind === "optional" && spec.value !== undefined) optionals.push([name, spec.value]);
    else if (spec.kind === "rest" && spec.list !== undefined) remainder = [name, spec.list];
    else byName.set(name, spec);
  }
  const mustBeNamed = [...byName].filter(([, spec]) => spec.required).map(([name]) => name);
  return { required, optionals, byName, remainder, mustBeNamed, defaults };
}

/** Required arguments stand first; behind them words and names are known by themselves, and what is left goes by position. */
function readByPlan(plan: Plan, args: readonly Arg[], report: Report): unknown {
  const setting: Record<string, unknown> = { ...plan.defaults, span: report.span };
  const given = new Set<string>();
  const left: Arg[] = [];
  const failed: string[] = [];
  const keep = (name: string, value: unknown): void => {
    setting[name] = value;
    if (value === undefined) failed.push(name);
  };
  for (const [index, [name, value]] of plan.required.entries()) {
    const arg = args[index];
    if (arg !== undefined) keep(name, value.read(arg, report));
  }
  for (const arg of args.slice(plan.required.length)) {
    const equals = arg.text.indexOf("=");
    const name = equals === -1 ? arg.text : arg.text.slice(0, equals);
    const spec = plan.byName.get(name);
    if (spec?.kind === "word" && equals === -1) {
      setting[name] = true;
    } else if (spec?.kind === "named" && equals !== -1) {
      given.add(name);
      keep(name, readNamed(spec, arg, equals, report));
    } else {
      left.push(arg);
    }
  }
  for (const [index, [name, value]] of plan.optionals.entries()) {
    const arg = left[index];
    if (arg !== undefined) keep(name, value.read(arg, report));
  }
  const rest = left.slice(plan.optionals.length);
  if (plan.remainder !== undefined) keep(plan.remainder[0], plan.remainder[1].read(rest, report));
  const stray = plan.remainder === undefined ? rest : [];
  for (const arg of stray) reportStray(plan, arg, report);
  const missing = plan.mustBeNamed.filter((name) => !given.has(name));
  for (const name of missing) report.error(`"${report.directive}" must have "${name}" parameter`);
  return failed.length + stray.length + missing.length > 0 ? undefined : setting;
}

function reportStray(plan: Plan, arg: Arg, report: Report): void {
  const near = nearestName(arg.text.replace(/=.*/s, ""), plan.byName.keys());
  report.error(`invalid parameter "${arg.text}"`, arg.span, near === undefined ? undefined : `did you mean "${near}"?`);
}

function readNamed(spec: ArgSpec<unknown>, arg: Arg, equals: number, report: Report): unknown {
  const { complaint, value } = spec;
  const quietly: Report = complaint === undefined ? report : { ...report, error: () => report.error(complaint(arg.text), arg.span) };
  return value?.read(argFrom(arg, equals + 1), quietly);
}

function syntaxOf(name: string, spec: ArgSpec<unknown> | Value<unknown>): string {
  if (!("kind" in spec)) return name;
  switch (spec.kind) {
    case "optional":
      return `[${name}]`;
    case "named":
      return spec.required ? `${name}=${spec.value?.syntax}` : `[${name}=${spec.value?.syntax}]`;
    case "word":
      return `[${name}]`;
    case "rest":
      return spec.list?.syntax ?? name;
  }
}
