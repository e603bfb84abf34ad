/** Byte ranges of an answer. Source: RFC 9110 section 14, nginx ngx_http_range_filter_module.c. */

import { parseHttpDate } from "./http-date.ts";

/** Bytes `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** What to answer: the whole body, some ranges of it (206), or 416. */
export type RangeVerdict = "whole" | "unsatisfiable" | readonly ByteRange[];

const INT64_MAX = 2n ** 63n - 1n;
/** One range with the spaces that nginx allows: `first - last`, `first -` or `-count`. */
const RANGE = / *(?:([0-9]+) *- *([0-9]*)|-([0-9]+)) *(,|$)/y;

/**
 * The verdict on a Range field for a body of `bytes`. Ranges behind the end are left out; none left is 416; more than `rangesMax` of them, or
 * together more bytes than the body, is the whole body, so that overlapping ranges never multiply it.
 */
export function parseRanges(value: string, bytes: number, rangesMax: number): RangeVerdict {
  if (rangesMax === 0 || value.length < 7 || value.slice(0, 6).toLowerCase() !== "bytes=") return "whole";
  const ranges: ByteRange[] = [];
  let sum = 0;
  RANGE.lastIndex = 6;
  for (;;) {
    const parts = RANGE.exec(value);
    if (parts === null) return "unsatisfiable";
    const range = rangeOf(parts[1], parts[2], parts[3], bytes);
    if (range === undefined) return "unsatisfiable";
    if (range.start < range.end) {
      ranges.push(range);
      sum += range.end - range.start;
      if (ranges.length > rangesMax) return "whole";
    } else if (range.start === 0) return "whole";
    if (parts[4] !== ",") break;
  }
  if (ranges.length === 0) return "unsatisfiable";
  return sum > bytes ? "whole" : ranges;
}

/** Whether If-Range lets a Range count: a tag has to be the answer's to the letter, a date its Last-Modified to the second. */
export function ifRangeHolds(ifRange: string, entityTag: string | undefined, modifiedSeconds: number): boolean {
  if (ifRange.length >= 2 && ifRange.endsWith('"')) return ifRange === entityTag;
  return modifiedSeconds !== -1 && parseHttpDate(ifRange) === modifiedSeconds;
}

/** The value of Content-Range for one range of a body of `bytes`. */
export function contentRange(range: ByteRange, bytes: number): string {
  return `bytes ${range.start}-${range.end - 1}/${bytes}`;
}

/** The value of Content-Range beside a 416. */
export function unsatisfiedRange(bytes: number): string {
  return `bytes */${bytes}`;
}

/** A multipart/byteranges body: what goes before each range, what goes behind the last, and how long it all is. */
export interface MultipartRanges {
  readonly contentType: string;
  readonly partHeads: readonly string[];
  readonly tail: string;
  readonly bytes: number;
}

/** Lays out several ranges of a body of `bytes` in nginx's form; `boundaryNumber` becomes 20 digits. `contentType` "" leaves the field out. */
export function layOutRanges(
  ranges: readonly ByteRange[],
  bytes: number,
  contentType: string,
  boundaryNumber: number | bigint,
): MultipartRanges {
  const boundary = String(boundaryNumber).padStart(20, "0");
  const typeLine = contentType === "" ? "" : `Content-Type: ${contentType}\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  const partHeads = ranges.map((range) => `\r\n--${boundary}\r\n${typeLine}Content-Range: ${contentRange(range, bytes)}\r\n\r\n`);
  const total = ranges.reduce((sum, range, index) => sum + (partHeads[index] ?? "").length + range.end - range.start, tail.length);
  return { contentType: `multipart/byteranges; boundary=${boundary}`, partHeads, tail, bytes: total };
}

/** A range cut to the body, possibly empty; undefined when a number is past 2^63-1. */
function rangeOf(first: string | undefined, last: string | undefined, suffix: string | undefined, bytes: number): ByteRange | undefined {
  if (suffix !== undefined) {
    const count = offsetOf(suffix);
    return count === undefined ? undefined : { start: count < bytes ? bytes - count : 0, end: bytes };
  }
  const start = offsetOf(first ?? "");
  const end = last === undefined || last === "" ? bytes : offsetOf(last);
  if (start === undefined || end === undefined) return undefined;
  return { start, end: end >= bytes ? bytes : end + 1 };
}

function offsetOf(digits: string): number | undefined {
  if (digits.length > 18 && (digits.length > 64 || BigInt(digits) > INT64_MAX)) return undefined;
  return Number(digits);
}
