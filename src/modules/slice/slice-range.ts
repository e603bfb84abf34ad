/** Which slice is asked for, and whether an answer is that slice (nginx: ngx_http_slice_get_start, ngx_http_slice_parse_content_range). */

import type { RequestHead } from "../../http/message/request-head.ts";
import type { Response } from "../../http/response.ts";

/** A slice that is asked for. */
export interface Slice {
  readonly size: number;
  /** Its first byte, a multiple of the size. */
  readonly start: number;
  /** The ETag of the slices before it, of which it must be a part. */
  readonly etag: string | undefined;
}

/** What an answer holds of the whole: bytes [start, end) of `length`. */
export interface SliceExtent {
  readonly start: number;
  readonly end: number;
  readonly length: number;
}

/** The value of a Range field for the slice. */
export function renderSliceRange({ start, size }: Slice): string {
  return `bytes=${start}-${start + size - 1}`;
}

/** The first byte of the first slice that a client's Range calls for; 0 where all may have to be sent. */
export function firstSliceStart(head: RequestHead, size: number): number {
  if (head.field("if-range") !== undefined) return 0;
  const range = head.fieldValues[head.fieldNames.indexOf("range")] ?? "";
  const wanted = /^bytes= *(\d+)[^,]*$/i.exec(range)?.[1];
  const start = Number(wanted ?? 0);
  return Number.isSafeInteger(start + size) ? size * Math.floor(start / size) : 0;
}

/** A string says why the answer is not the slice, in nginx's words. */
export function readExtent(response: Response, slice: Slice): SliceExtent | string {
  if (response.status !== 206) return `unexpected status code ${response.status} in slice response`;
  if (slice.etag !== undefined && response.field("ETag") !== slice.etag) return "etag mismatch in slice response";
  const parts = /^bytes +(\d+) *- *(\d+) *\/ *(\d+|\*) *$/.exec(response.field("Content-Range") ?? "");
  if (parts === null) return "invalid range in slice response";
  if (parts[3] === "*") return "no complete length in slice response";
  const [start, end, length] = [Number(parts[1]), Number(parts[2]) + 1, Number(parts[3])];
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || !Number.isSafeInteger(length)) return "invalid range in slice response";
  const expectedEnd = Math.min(start + slice.size, length);
  if (start === slice.start && end === expectedEnd) return { start, end, length };
  return `unexpected range in slice response: ${start}-${end}, expected: ${slice.start}-${expectedEnd}`;
}
