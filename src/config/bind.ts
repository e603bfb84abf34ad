/** Gives a tree its meaning: blocks with settings, by tables of directives. All mistakes are collected; what is right is bound all the same. */

import { type Binding, bindStatements } from "./bind-statement.ts";
import type { Diagnostic } from "./diagnostic.ts";
import type { Context, Directive, DirectiveTable, SettingsOf } from "./directive.ts";
import { defaultsOf, inheritanceOf, inheritSettings, type Settings } from "./inherit.ts";
import { openRoot } from "./open-block.ts";
import { createSource, type Span } from "./source.ts";
import type { Arg, ConfigTree, Statement } from "./tree.ts";

/** A block of directives with what is in force in it. */
export interface Block {
  readonly context: Context;
  /** The directive that opens it: "location"; "" for the whole configuration. */
  readonly name: string;
  readonly args: readonly Arg[];
  /** What the directive's `parse` made of the arguments. */
  readonly head: unknown;
  readonly span: Span;
  readonly parent: Block | undefined;
  /** Sees what its parent keeps for pseudo-blocks. */
  readonly pseudo: boolean;
  /** Inner blocks in order, those of a slot too. */
  readonly children: readonly Block[];
  /** What this block itself sets. */
  readonly own: Settings;
  /** The same, what it inherits, and defaults. Read by name: see inherit.ts. */
  readonly settings: Settings;
  /** The directive that first set each own setting, by the setting's name. */
  readonly origins: Readonly<Record<string, Statement>>;
}

/** A block whose directive's `parse` gives H. */
export interface BlockWith<H> extends Block {
  readonly head: H;
}

/** A directive that nginx has and this program has not. */
export interface UnsupportedDirective {
  readonly contexts: readonly Context[];
  readonly why: string;
}

export type UnsupportedDirectives = ReadonlyMap<string, UnsupportedDirective>;

export interface BoundConfig {
  readonly root: Block;
  readonly diagnostics: readonly Diagnostic[];
}

/** Throws a TypeError when two tables declare the same directive: a mistake of the program, not of a configuration. */
export function bind(tree: ConfigTree, tables: readonly DirectiveTable[], unsupported: UnsupportedDirectives = new Map()): BoundConfig {
  const diagnostics: Diagnostic[] = [];
  const binding: Binding = { directives: mergeTables(tables), unsupported, diagnostics };
  const source = tree.sources[tree.sources.length - 1] ?? createSource("", "");
  const root = openRoot({ source, start: 0, end: 0 });
  bindStatements(tree.statements, root, binding);
  inheritSettings(root, defaultsOf(binding.directives), inheritanceOf(binding.directives));
  return { root, diagnostics };
}

/** A block's settings with the types that a table gives them. */
export function settings<T extends DirectiveTable>(block: Block, _table: T): SettingsOf<T> {
  // Holds because bind() fills settings only with what the rows' own readers and defaults give, and throws where two tables share a name.
  return block.settings as SettingsOf<T>;
}

/** The inner blocks that a directive opened, in order. */
export function childrenOf(block: Block, name: string): readonly Block[] {
  return block.children.filter((child) => child.name === name);
}

/** What the `parse` of a block's directive made of its arguments; undefined when they were wrong. */
export function headOf<H>(block: Block, _directive: Directive<"block", BlockWith<H>>): H {
  // Holds for the directive that opened the block, which is what callers name.
  return block.head as H;
}

/** The directive that set what is in force in a block, there or outside; undefined for a default. */
export function originOf(block: Block, setting: string): Statement | undefined {
  const inForce = block.settings[setting];
  for (let at: Block | undefined = block; at !== undefined; at = at.parent) {
    if (setting in at.own) return at.own[setting] === inForce ? at.origins[setting] : undefined;
  }
  return undefined;
}

function mergeTables(tables: readonly DirectiveTable[]): ReadonlyMap<string, Directive> {
  const merged = new Map<string, Directive>();
  for (const table of tables) {
    for (const [name, directive] of Object.entries(table)) {
      if (merged.has(name)) throw new TypeError(`Cannot merge directive tables: "${name}" is declared twice`);
      merged.set(name, directive);
    }
  }
  return merged;
}
