/** A rate that the request itself has been given, by `set $limit_rate` or X-Accel-Limit-Rate: it stands above the location's (nginx: r->limit_rate). */

import { defineLastingSlot } from "./request-slot.ts";

/** Octets a second; 0: unlimited. */
export const requestedLimitRate = defineLastingSlot<number>();
