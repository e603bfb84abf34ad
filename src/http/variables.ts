/** The variables a configuration may name: fixed ones, families by prefix, and those the configuration itself declares. */

import type { RequestContext } from "./request-context.ts";
import type { Evaluate } from "./template.ts";

/** What a module's `variables` holds. Names without "$", in nginx's spelling; a name ending in "_" is a family (`arg_`, `http_`). */
export interface VariableTable {
  readonly [name: string]: VariableSpec;
}

/** A variable's value for a request; "" when it has none. Every value is latin1 text. */
export type VariableSpec =
  | ((r: RequestContext) => string)
  | {
      /** For a family: makes the reader for one suffix, once at load. */
      readonly family: (suffix: string) => (r: RequestContext) => string;
    }
  | {
      readonly get: (r: RequestContext) => string;
      /** What `set` and its like do to it; variables without one cannot be set. */
      readonly set: (r: RequestContext, value: string) => void;
    };

/** Resolves variable names while a configuration is compiled, in any case as nginx does; one per snapshot. */
export class VariableRegistry {
  private readonly fixed = new Map<string, VariableSpec>();
  private readonly families: { prefix: string; make: (suffix: string) => Evaluate }[] = [];
  private readonly declared = new Map<string, number>();
  private readonly computed = new Set<string>();
  private readonly overFamilies = new Set<string>();

  add(table: VariableTable): void {
    for (const [name, spec] of Object.entries(table)) {
      if (typeof spec === "object" && "family" in spec) this.families.push({ prefix: name, make: spec.family });
      else this.fixed.set(name, spec);
    }
  }

  /** Index in `r.values` of a variable that the configuration declares: `set`, a named capture. The same name gives the same index. */
  declare(spelling: string): number {
    const name = spelling.toLowerCase();
    const known = this.declared.get(name);
    if (known !== undefined) return known;
    const index = this.declared.size;
    this.declared.set(name, index);
    return index;
  }

  /** The same for `set`: a name of a family keeps the family's value where nothing is set (nginx: ngx_http_rewrite_set). */
  declareOverFamily(spelling: string): number {
    this.overFamilies.add(spelling.toLowerCase());
    return this.declare(spelling);
  }

  /** A variable that a block of the configuration computes (`map`): like a fixed one, but another block may define it anew. */
  addComputed(spelling: string, spec: VariableSpec): void {
    const name = spelling.toLowerCase();
    this.computed.add(name);
    this.fixed.set(name, spec);
  }

  isComputed(spelling: string): boolean {
    return this.computed.has(spelling.toLowerCase());
  }

  /** All names known so far, without families: for "did you mean". */
  names(): Iterable<string> {
    return [...this.fixed.keys(), ...this.declared.keys()];
  }

  /** Nothing of a configuration gives it its value. */
  isBuiltIn(spelling: string): boolean {
    const name = spelling.toLowerCase();
    if (this.computed.has(name)) return false;
    return this.fixed.has(name) || this.families.some((family) => name.startsWith(family.prefix));
  }

  /** A built-in name that a configuration cannot take. Those of a family, as `$http_x_own`, it can (nginx: variables_prefix). */
  isTaken(spelling: string): boolean {
    return this.fixed.has(spelling.toLowerCase());
  }

  /** The writer for a built-in variable that may be changed ($args, $limit_rate), else undefined. */
  setter(name: string): ((r: RequestContext, value: string) => void) | undefined {
    const spec = this.fixed.get(name.toLowerCase());
    return typeof spec === "object" && "set" in spec ? spec.set : undefined;
  }

  /** The reader of a variable, or undefined when nothing declares it. "1" … "9" read the last match's captures. */
  resolve(spelling: string): Evaluate | undefined {
    const name = spelling.toLowerCase();
    if (/^[1-9]$/.test(name)) {
      const index = Number(name);
      return (r) => r.captures?.[index] ?? "";
    }
    const spec = this.fixed.get(name);
    if (typeof spec === "function") return spec;
    if (spec !== undefined && "get" in spec) return spec.get;
    const family = this.families.find((candidate) => name.startsWith(candidate.prefix) && name.length > candidate.prefix.length);
    const read = family?.make(name.slice(family.prefix.length));
    const index = this.declared.get(name);
    if (index === undefined) return read;
    if (read === undefined || !this.overFamilies.has(name)) return (r) => r.values?.[index] ?? "";
    return (r) => r.values?.[index] ?? read(r);
  }
}
