/** A charset that an application has asked its answer to be sent in, by X-Accel-Charset (nginx: r->headers_out.override_charset). */

import { defineLastingSlot } from "./request-slot.ts";

export const requestedCharset = defineLastingSlot<string>();
