/** `$gzip_ratio` and its like: how many times a request's answer was made smaller (nginx: ngx_http_gzip_ratio_variable). */

import type { RequestContext } from "../request-context.ts";
import { defineRequestSlot } from "../request-slot.ts";
import type { ContentCoding } from "./accepts-coding.ts";

/** Of a body that is still compressed, what was so far. */
export interface CompressedSizes {
  readonly bytesIn: number;
  readonly bytesOut: number;
}

const SIZES = { gzip: defineRequestSlot<CompressedSizes>(), br: defineRequestSlot<CompressedSizes>() } as const;

export function noteCompression(r: RequestContext, coding: ContentCoding, sizes: CompressedSizes): void {
  SIZES[coding].set(r, sizes);
}

/** Two decimals, rounded; "" for an answer that was not compressed. */
export function readCompressionRatio(coding: ContentCoding): (r: RequestContext) => string {
  const sizesOf = SIZES[coding];
  return (r) => {
    const sizes = sizesOf.get(r);
    if (sizes === undefined || sizes.bytesOut === 0) return "";
    // nginx rounds by the third decimal, not by what follows it.
    const thousandths = Math.floor((sizes.bytesIn * 1000) / sizes.bytesOut);
    return (Math.floor((thousandths + 5) / 10) / 100).toFixed(2);
  };
}
