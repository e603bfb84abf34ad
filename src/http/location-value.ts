/** What a module's variables need to know of the location that a request is in: made once, found by the location's block. */

import type { Block } from "../config/bind.ts";
import type { DeclareScope } from "./module.ts";
import type { RequestContext } from "./request-context.ts";

export interface LocationValue<T> {
  /** Keeps it for the scope's block and for those inside that keep none of their own. */
  keep(scope: DeclareScope, value: T): void;
  /** Undefined where neither the location nor a block around it has one. */
  get(r: RequestContext): T | undefined;
}

/** Values live as long as the configuration that they were made from. */
export function defineLocationValue<T>(): LocationValue<T> {
  const values = new WeakMap<Block, T>();
  return {
    keep: (scope, value) => void values.set(scope.block, value),
    get: (r) => {
      for (let block: Block | undefined = r.location.block; block !== undefined; block = block.parent) {
        const value = values.get(block);
        if (value !== undefined) return value;
      }
      return undefined;
    },
  };
}
