/** How a page wants dates written: `config timefmt`. */

import { defineRequestSlot } from "../../http/request-slot.ts";

export const DEFAULT_TIME_FORMAT = "%A, %d-%b-%Y %H:%M:%S %Z";

export const timeFormats = defineRequestSlot<string>();
