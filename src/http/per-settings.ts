/**
 * What is made once for all blocks in which some directives say the same. Of twenty thousand locations most set nothing but where a request goes:
 * what is made of their other settings is one for all of them.
 */

import type { Block } from "../config/bind.ts";
import type { DirectiveTable } from "../config/directive.ts";
import type { Scope } from "./module.ts";

/**
 * `make` may depend on the settings of `tables` alone, and on what is the same in the whole configuration. It is asked once for each outermost
 * block that differs from the one around it, with the scope of the first block inside that needs it.
 */
export function perSettings<T>(tables: readonly DirectiveTable[], make: (scope: Scope) => T): (scope: Scope) => T {
  const names = new Set(tables.flatMap(settingNames));
  const localNames = new Set(tables.flatMap(settingsNotInherited));
  const made = new WeakMap<Block, { readonly value: T }>();

  const madeFor = (scope: Scope, block: Block): { readonly value: T } => {
    const known = made.get(block);
    if (known !== undefined) return known;
    const { parent } = block;
    if (parent !== undefined && !differs(block, parent)) {
      const outer = madeFor(scope, parent);
      // Blocks without inner ones are asked for once.
      if (block.children.length > 0) made.set(block, outer);
      return outer;
    }
    const fresh = { value: make(restrict(scope, tables)) };
    made.set(block, fresh);
    return fresh;
  };

  const differs = (block: Block, parent: Block): boolean => {
    for (const name in block.own) if (names.has(name)) return true;
    for (const name of localNames) if (block.settings[name] !== parent.settings[name]) return true;
    return false;
  };

  return (scope) => madeFor(scope, scope.block).value;
}

function settingNames(table: DirectiveTable): readonly string[] {
  return Object.entries(table).map(([name, { slot }]) => slot ?? name);
}

/** Those in which a block can differ from the one around it without setting anything. */
function settingsNotInherited(table: DirectiveTable): readonly string[] {
  return Object.entries(table).flatMap(([name, { slot, inherits }]) => (inherits === true ? [] : [slot ?? name]));
}

/** The same scope, which refuses settings that would not be told apart. */
function restrict(scope: Scope, tables: readonly DirectiveTable[]): Scope {
  const settings: Scope["settings"] = (table) => {
    if (!tables.includes(table)) throw new TypeError("Cannot read the settings of a table that was not named");
    return scope.settings(table);
  };
  return Object.create(scope, { settings: { value: settings } }) as Scope;
}
