/**
 * What a row of a directive table is, and the type of the settings that a table gives. Tables are written with the functions of
 * define-directives.ts.
 */

import type { Report } from "./report.ts";
import type { Span } from "./source.ts";
import type { Arg } from "./tree.ts";

/** Places where a directive can stand. */
export type Context = "main" | "events" | "http" | "server" | "location" | "if in server" | "if in location" | "limit_except" | "upstream";

/** An exact number of arguments, or the fewest and the most. */
export type Arity = number | readonly [min: number, max: number];

/** One line of a block that holds no directives, such as `types` or `map`. */
export interface Line {
  readonly name: Arg;
  readonly args: readonly Arg[];
  readonly span: Span;
}

export type ReadArgs = (args: readonly Arg[], report: Report) => unknown;
export type ReadLines = (lines: readonly Line[], report: Report, args: readonly Arg[]) => unknown;

export type DirectiveKind = "one" | "many" | "block" | "lines" | "many lines" | "ignored";

/** Who else sees a setting: every inner block; none; or only pseudo-blocks (`if` in a location, `limit_except`), as nginx does for proxy_pass. */
export type Inheritance = boolean | "pseudo";

/** One row of a table. V, D and S carry what it reads, its default and its slot to `SettingsOf`. */
export interface Directive<
  K extends DirectiveKind = DirectiveKind,
  V = unknown,
  D = unknown,
  S extends string | undefined = string | undefined,
> {
  readonly kind: K;
  readonly in: readonly Context[];
  readonly arity: readonly [min: number, max: number];
  /** The arguments as documentation shows them; "" for none. */
  readonly syntax: string;
  /** The setting's name when it is not the directive's own. */
  readonly slot: S;
  readonly inherits: Inheritance;
  /** Undefined: none; the setting is undefined (`many`: empty) where nothing sets it. */
  readonly default: D;
  readonly read: ReadArgs;
  readonly block: BlockMeaning | undefined;
  readonly lines: LinesMeaning | undefined;
  /** Joins what a repeated directive says; undefined: repeating it is a mistake. */
  readonly merge: LinesMeaning["merge"];
  /** Of an ignored directive: a second one in the same block is a mistake. */
  readonly isOnce: boolean;
  /** Why an ignored directive has no effect. */
  readonly why: string | undefined;
  /** Never set: carries the type of what is read. */
  readonly value?: V;
}

export interface BlockMeaning {
  /** Of its content; by the context it stands in where that decides. */
  readonly context: Context | { readonly [In in Context]?: Context };
  /** A second one in the same block is a mistake. */
  readonly once: boolean;
  readonly pseudo: boolean;
}

export interface LinesMeaning {
  readonly read: ReadLines;
  /** Joins what a repeated block says; undefined: repeating it is a mistake. */
  readonly merge: ((earlier: never, later: never) => unknown) | undefined;
}

export type DirectiveTable = Readonly<Record<string, Directive>>;

/** A setting of a shared slot: which directive set it, to what, and where. */
export interface SlotSetting<Name extends string, V> {
  readonly directive: Name;
  readonly value: V;
  /** Undefined for a default. */
  readonly span: Span | undefined;
}

/** What a module reads: each setting under its directive's name, or its slot's. */
export type SettingsOf<T extends DirectiveTable> = {
  readonly [Name in keyof T as T[Name] extends Directive<DirectiveKind, unknown, unknown, infer S>
    ? undefined extends S
      ? T[Name]["kind"] extends "block" | "ignored"
        ? never
        : Name
      : never
    : never]: SettingOf<T[Name]>;
} & {
  readonly [S in SlotsOf<T>]: SlotSettingOf<InSlot<T, S>>;
};

type ValueOf<Row> = Row extends Directive<DirectiveKind, infer V> ? V : never;

/** What a row without a slot gives: a list, or a value or its default. */
type SettingOf<Row extends Directive> = Row["kind"] extends "many" | "many lines" ? readonly ValueOf<Row>[] : ValueOf<Row> | Row["default"];

type SlotsOf<T extends DirectiveTable> = Extract<T[keyof T]["slot"], string>;

/** The rows of one slot. */
type InSlot<T extends DirectiveTable, S extends string> = {
  readonly [Name in keyof T as T[Name]["slot"] extends S ? Name : never]: T[Name];
};

type SlotItem<Rows> = {
  readonly [Name in keyof Rows & string]: Rows[Name] extends Directive<DirectiveKind, infer V> ? SlotSetting<Name, V> : never;
}[keyof Rows & string];

type SlotDefault<Rows> = {
  readonly [Name in keyof Rows & string]: Rows[Name] extends Directive<DirectiveKind, unknown, infer D>
    ? D extends undefined
      ? never
      : SlotSetting<Name, D>
    : never;
}[keyof Rows & string];

type KindIn<Rows> = Rows[keyof Rows] extends Directive<infer K> ? K : never;

type SlotSettingOf<Rows> = [Extract<KindIn<Rows>, "many" | "many lines" | "block">] extends [never]
  ? SlotItem<Rows> | ([SlotDefault<Rows>] extends [never] ? undefined : SlotDefault<Rows>)
  : readonly SlotItem<Rows>[];
