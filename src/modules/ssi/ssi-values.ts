/** What the commands of a page and of all that it includes have in common: variables, captures and blocks. */

import type { RequestContext } from "../../http/request-context.ts";
import { defineRequestSlot } from "../../http/request-slot.ts";
import type { Evaluate } from "../../http/template.ts";
import type { VariableRegistry } from "../../http/variables.ts";

/** Finds a variable of the configuration by the name that a page gives it. */
export type FindVariable = (name: string) => FoundVariable | undefined;

interface FoundVariable {
  readonly evaluate: Evaluate;
  /** A built-in variable that is empty is not there at all. */
  readonly isBuiltIn: boolean;
}

interface SharedValues {
  /** By name in lower case. */
  readonly variables: Map<string, string>;
  readonly blocks: Map<string, string>;
  captures: readonly (string | undefined)[];
}

const shared = defineRequestSlot<SharedValues>();

/** nginx: variables of a page's own go before those of the configuration. */
export class SsiValues {
  private readonly r: RequestContext;
  private readonly find: FindVariable;
  private readonly shared: SharedValues;

  constructor(r: RequestContext, find: FindVariable) {
    this.r = r;
    this.find = find;
    this.shared = shared.get(r.main) ?? { variables: new Map(), blocks: new Map(), captures: [] };
    shared.set(r.main, this.shared);
  }

  /** Undefined: no variable of that name has a value. */
  get(spelling: string): string | undefined {
    const name = spelling.toLowerCase();
    if (/^[0-9]$/.test(name) && Number(name) < this.shared.captures.length) return this.shared.captures[Number(name)] ?? "";
    const own = this.shared.variables.get(name);
    if (own !== undefined) return own;
    const found = this.find(name);
    if (found === undefined) return undefined;
    const value = found.evaluate(this.r);
    return value === "" && found.isBuiltIn ? undefined : value;
  }

  /** Makes it known, and leaves the value that it may have. */
  declare(spelling: string): void {
    const name = spelling.toLowerCase();
    if (!this.shared.variables.has(name)) this.shared.variables.set(name, "");
  }

  set(name: string, value: string): void {
    this.shared.variables.set(name.toLowerCase(), value);
  }

  /** What a regular expression found: `$1` and the like, and named groups. */
  capture(match: RegExpExecArray): void {
    this.shared.captures = match;
    for (const [name, value] of Object.entries(match.groups ?? {})) this.set(name, value ?? "");
  }

  block(name: string): string | undefined {
    return this.shared.blocks.get(name);
  }

  setBlock(name: string, text: string): void {
    this.shared.blocks.set(name, text);
  }
}

/** Names that pages have asked for; more are looked up each time. */
const KEPT_NAMES_MAX = 1000;

export function variableFinder(registry: VariableRegistry): FindVariable {
  const known = new Map<string, FoundVariable | undefined>();
  return (name) => {
    if (known.has(name)) return known.get(name);
    // Captures are the page's own, not those of locations.
    const evaluate = /^[0-9]$/.test(name) ? undefined : registry.resolve(name);
    const found = evaluate === undefined ? undefined : { evaluate, isBuiltIn: registry.isBuiltIn(name) };
    if (known.size < KEPT_NAMES_MAX) known.set(name, found);
    return found;
  };
}
