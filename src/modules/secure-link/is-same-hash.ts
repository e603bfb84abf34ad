/** Comparison of hashes that does not tell, by its time, how much of a guess was right. */

import { timingSafeEqual } from "node:crypto";

export function isSameHash(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}
