/** Things that a configuration declares by name, kept by kind for one snapshot. */

import type { Declaration } from "../http/module.ts";

export class Declarations {
  private readonly kinds = new Map<Declaration<unknown>, Map<string, unknown>>();

  /** False when the name is taken. */
  add<T>(declaration: Declaration<T>, name: string, value: T): boolean {
    const named = this.all(declaration) as Map<string, T>;
    if (named.has(name)) return false;
    named.set(name, value);
    return true;
  }

  find<T>(declaration: Declaration<T>, name: string): T | undefined {
    return this.all(declaration).get(name);
  }

  all<T>(declaration: Declaration<T>): ReadonlyMap<string, T> {
    let named = this.kinds.get(declaration);
    if (named === undefined) {
      named = new Map();
      this.kinds.set(declaration, named);
    }
    // The cast holds because only add(), typed by the same declaration, writes into this map.
    return named as Map<string, T>;
  }
}
