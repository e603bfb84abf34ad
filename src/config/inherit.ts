/**
 * How inner blocks see outer settings: own, else outer, else default. Settings are chains of prototypes, so that a block costs what it sets and
 * twenty thousand locations share what they inherit. They are read by name; copying or listing one shows only its own layer.
 */

import type { Directive, Inheritance } from "./directive.ts";

export type Settings = Readonly<Record<string, unknown>>;

/** What inner blocks see of a block: named ones, and pseudo-blocks, which see some settings more. */
interface Layers {
  readonly named: Settings;
  readonly pseudo: Settings;
}

/** A block as this file needs it. `settings` is written here, once. */
export interface InheritingBlock {
  readonly pseudo: boolean;
  readonly own: Settings;
  readonly children: readonly InheritingBlock[];
  settings: Settings;
}

/** Gives a block and all blocks inside it their settings. */
export function inheritSettings(root: InheritingBlock, defaults: Settings, inheritance: ReadonlyMap<string, Inheritance>): void {
  inheritFrom({ named: defaults, pseudo: defaults }, root, inheritance);
}

function inheritFrom(outer: Layers, block: InheritingBlock, inheritance: ReadonlyMap<string, Inheritance>): void {
  const base = block.pseudo ? outer.pseudo : outer.named;
  block.settings = layer(base, block.own, () => true);
  if (block.children.length === 0) return;
  const wayOf = (name: string): Inheritance => inheritance.get(name) ?? true;
  const named = layer(base, block.own, (name) => wayOf(name) === true);
  const pseudo = layer(base, block.own, (name) => wayOf(name) !== false);
  for (const inner of block.children) inheritFrom({ named, pseudo }, inner, inheritance);
}

/** A layer with some of the own settings; the layer below itself when there are none. */
function layer(below: Settings, own: Settings, isIn: (name: string) => boolean): Settings {
  let made: Record<string, unknown> | undefined;
  for (const name in own) {
    if (!isIn(name)) continue;
    made ??= Object.create(below) as Record<string, unknown>;
    made[name] = own[name];
  }
  return made ?? below;
}

/** Every setting's default, by name or slot. */
export function defaultsOf(directives: ReadonlyMap<string, Directive>): Settings {
  const defaults: Record<string, unknown> = {};
  for (const [name, directive] of directives) {
    if (directive.kind === "ignored") continue;
    if (directive.slot === undefined) {
      if (directive.kind !== "block") defaults[name] = directive.default;
    } else if (directive.kind === "one" || directive.kind === "lines") {
      if (directive.default !== undefined) defaults[directive.slot] = { directive: name, value: directive.default, span: undefined };
    } else {
      defaults[directive.slot] ??= [];
    }
  }
  return defaults;
}

/** How each setting inherits, by name or slot. A slot that a block shares with other directives inherits as they do. */
export function inheritanceOf(directives: ReadonlyMap<string, Directive>): ReadonlyMap<string, Inheritance> {
  const inheritance = new Map<string, Inheritance>();
  for (const [name, directive] of directives) {
    const key = directive.slot ?? name;
    if (directive.kind !== "block" || !inheritance.has(key)) inheritance.set(key, directive.inherits);
  }
  return inheritance;
}
