/** Typed room for what a module remembers during one request; the index is given once at module definition, so access is one array read. */

import type { RequestContext } from "./request-context.ts";

export interface RequestSlot<T> {
  get(r: RequestContext): T | undefined;
  set(r: RequestContext, value: T): void;
}

let slotCount = 0;
let lastingSlotCount = 0;

/** Call at module level only: each call takes an index for the life of the process. */
export function defineRequestSlot<T>(): RequestSlot<T> {
  const index = slotCount++;
  return {
    // The cast holds because this closure alone knows the index.
    get: (r) => r.slots?.[index] as T | undefined,
    set: (r, value) => {
      r.slots ??= [];
      r.slots[index] = value;
    },
  };
}

/** As above, for what an internal redirect does not make a module forget. */
export function defineLastingSlot<T>(): RequestSlot<T> {
  const index = lastingSlotCount++;
  return {
    // As above.
    get: (r) => r.lastingSlots?.[index] as T | undefined,
    set: (r, value) => {
      r.lastingSlots ??= [];
      r.lastingSlots[index] = value;
    },
  };
}
