/**
 * The words that directive tables are written with: nginx's documentation page in code. A directive is named by its key; its contexts,
 * arguments, default and inheritance stand in one row.
 */

import { type ArgSpecs, type ArgsOf, type ArgsReader, argsReader } from "./args.ts";
import type { BlockWith } from "./bind.ts";
import type { Arity, BlockMeaning, Context, Directive, DirectiveTable, Inheritance, ReadArgs, ReadLines } from "./directive.ts";
import type { ListValue, Value } from "./value.ts";
import { text } from "./values.ts";

interface Placement {
  readonly in: readonly Context[];
  readonly slot?: string;
  readonly inherits?: Inheritance;
  readonly arity?: Arity;
  readonly default?: unknown;
  /** Overrides the syntax that the arguments give. */
  readonly syntax?: string;
}

/** How arguments are read: one value, all alike, by position and name, or by hand (with its arity). */
type Reading =
  | { readonly value: Value<unknown> }
  | { readonly values: ListValue<unknown> }
  | { readonly args: ArgSpecs }
  | { readonly parse: ReadArgs; readonly arity: Arity };

export type OneSpec = Placement &
  Reading & {
    /** Joins what a repeated directive in the same place says; without it a second one is a mistake. */
    readonly merge?: LinesSpec["merge"];
  };
export type ManySpec = Placement & Reading;

type ReadOf<Spec> = Spec extends { readonly value: Value<infer V> }
  ? V
  : Spec extends { readonly values: ListValue<infer V> }
    ? V
    : Spec extends { readonly args: infer A }
      ? keyof A extends never
        ? boolean
        : ArgsOf<A>
      : Spec extends { readonly parse: (...given: never[]) => infer V }
        ? Exclude<V, undefined>
        : never;

type DefaultOf<Spec> = Spec extends { readonly default: infer D }
  ? D
  : Spec extends { readonly args: infer A }
    ? keyof A extends never
      ? false
      : undefined
    : undefined;
type SlotOf<Spec> = Spec extends { readonly slot: infer S extends string } ? S : undefined;

/** At most one in a block. Without arguments (`args: {}`) the setting is a boolean. */
export function one<const Spec extends OneSpec>(spec: Spec): Directive<"one", ReadOf<Spec>, DefaultOf<Spec>, SlotOf<Spec>> {
  const bare = "args" in spec && Object.keys(spec.args).length === 0;
  return row("one", spec, bare ? (spec.default ?? false) : spec.default);
}

/** Any number in a block; a block's own list replaces the outer one. */
export function many<const Spec extends ManySpec>(spec: Spec): Directive<"many", ReadOf<Spec>, DefaultOf<Spec>, SlotOf<Spec>> {
  return row("many", spec, spec.default ?? []);
}

export interface BlockSpec {
  readonly in: readonly Context[];
  readonly context: BlockMeaning["context"];
  readonly arity?: Arity;
  /** Puts the block among a slot's settings, in order; else it is only a child of its block. */
  readonly slot?: string;
  readonly once?: boolean;
  /** Sees `inherits: "pseudo"` settings of the block around it. */
  readonly pseudo?: boolean;
  /** Reads the block's arguments into `block.head`. */
  readonly parse?: ReadArgs;
  readonly syntax?: string;
}

type HeadOf<Spec> = Spec extends { readonly parse: (...given: never[]) => infer V } ? V : undefined;

/** A block of directives. */
export function block<const Spec extends BlockSpec>(spec: Spec): Directive<"block", BlockWith<HeadOf<Spec>>, undefined, SlotOf<Spec>> {
  return {
    ...BLANK_ROW,
    kind: "block",
    in: spec.in,
    arity: arityOf(spec.arity ?? 0),
    syntax: spec.syntax ?? "{ ... }",
    slot: spec.slot as SlotOf<Spec>, // SlotOf repeats the spec's own type
    inherits: false,
    read: spec.parse ?? (() => undefined),
    block: { context: spec.context, once: spec.once ?? false, pseudo: spec.pseudo ?? false },
  };
}

export interface LinesSpec {
  readonly in: readonly Context[];
  readonly parse: ReadLines;
  readonly arity?: Arity;
  readonly slot?: string;
  readonly inherits?: Inheritance;
  readonly default?: unknown;
  readonly syntax?: string;
  /** Joins what a repeated block in the same place says; without it a second block is a mistake. */
  readonly merge?: (earlier: never, later: never) => unknown;
}

/** A block of lines that are no directives, read as one setting: `types`. */
export function lines<const Spec extends LinesSpec>(spec: Spec): Directive<"lines", ReadOf<Spec>, DefaultOf<Spec>, SlotOf<Spec>> {
  return linesRow("lines", spec, spec.default);
}

/** Blocks of lines that are no directives, each a setting of a list: `map`, `geo`. */
export function manyLines<const Spec extends LinesSpec>(spec: Spec): Directive<"many lines", ReadOf<Spec>, DefaultOf<Spec>, SlotOf<Spec>> {
  return linesRow("many lines", spec, spec.default ?? []);
}

/** Accepted as nginx accepts it, and without effect here. */
export function ignored(spec: {
  in: readonly Context[];
  why: string;
  arity?: Arity;
  value?: Value<unknown>;
  /** Judges all arguments; mistakes are reported, and what is right gives something. */
  parse?: ReadArgs;
}): Directive<"ignored", never, undefined, undefined> {
  const { value } = spec;
  // Gives something for right arguments, as every reader does.
  const readValue: ReadArgs = ([arg], report) => (arg === undefined || value === undefined ? true : value.read(arg, report));
  return {
    ...BLANK_ROW,
    kind: "ignored",
    in: spec.in,
    arity: arityOf(spec.arity ?? 1),
    syntax: value?.syntax ?? "...",
    slot: undefined,
    read: spec.parse ?? readValue,
    // nginx: its slots for flags, numbers and the like refuse a second one; of what is any text, some are lists.
    isOnce: value !== undefined && value.syntax !== text().syntax,
    why: spec.why,
  };
}

/** Names a table; every row keeps its own type. */
export function defineDirectives<const T extends DirectiveTable>(table: T): T {
  return table;
}

const BLANK_ROW = {
  inherits: true,
  default: undefined,
  block: undefined,
  lines: undefined,
  merge: undefined,
  isOnce: false,
  why: undefined,
} as const;

function row<K extends "one" | "many", D, V, S extends string | undefined>(
  kind: K,
  spec: OneSpec,
  fallback: unknown,
): Directive<K, V, D, S> {
  const reader = readerOf(spec);
  return {
    ...BLANK_ROW,
    kind,
    in: spec.in,
    arity: spec.arity === undefined ? reader.arity : arityOf(spec.arity),
    syntax: spec.syntax ?? reader.syntax,
    slot: spec.slot as S, // callers name S after the spec's own type
    inherits: spec.inherits ?? true,
    default: fallback as D, // and D
    read: reader.read,
    merge: spec.merge,
  };
}

function linesRow<K extends "lines" | "many lines", D, V, S extends string | undefined>(
  kind: K,
  spec: LinesSpec,
  fallback: unknown,
): Directive<K, V, D, S> {
  return {
    ...BLANK_ROW,
    kind,
    in: spec.in,
    arity: arityOf(spec.arity ?? 0),
    syntax: spec.syntax ?? "{ ... }",
    slot: spec.slot as S, // callers name S after the spec's own type
    inherits: spec.inherits ?? true,
    default: fallback as D, // and D
    read: () => undefined,
    lines: { read: spec.parse, merge: spec.merge },
  };
}

function readerOf(spec: OneSpec): ArgsReader {
  if ("value" in spec) {
    const { value } = spec;
    // Arity is checked before: the one argument is there.
    return { syntax: value.syntax, arity: [1, 1], read: ([arg], report) => (arg === undefined ? undefined : value.read(arg, report)) };
  }
  if ("values" in spec) return { syntax: spec.values.syntax, arity: [spec.values.argsMin, Infinity], read: spec.values.read };
  if ("parse" in spec) return { syntax: "...", arity: arityOf(spec.arity), read: spec.parse };
  if (Object.keys(spec.args).length === 0) return { syntax: "", arity: [0, 0], read: () => true };
  return argsReader(spec.args);
}

function arityOf(arity: Arity): readonly [number, number] {
  return typeof arity === "number" ? [arity, arity] : arity;
}
