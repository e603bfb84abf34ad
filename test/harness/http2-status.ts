/** The status in the first field of an answer's head. Source: RFC 7541 sections 6.1, 6.2 and appendices A and B. */

import type { Frame } from "./http2-frames.ts";

/** `:status` in HPACK's static table, from index 8. */
const INDEXED = ["200", "204", "206", "304", "400", "404", "500"];
const FIRST_INDEX = 8;
const INDEXED_FIELD = 128;
/** With a value of its own: indexed from now on, not indexed, never indexed. */
const LITERALS: readonly (number | undefined)[] = [0x48, 0x08, 0x18];
const HUFFMAN = 128;
/** Huffman codes of the digits. */
const DIGITS = ["00000", "00001", "00010", "011001", "011010", "011011", "011100", "011101", "011110", "011111"];

/** Throws for a head that begins otherwise: one that uses what an earlier head has left in the dynamic table. */
export function statusIn({ payload }: Frame): string {
  const [first = 0, length = 0] = payload;
  const indexed = INDEXED[first - INDEXED_FIELD - FIRST_INDEX];
  if (indexed !== undefined) return indexed;
  const value = payload.subarray(2, 2 + (length & ~HUFFMAN));
  if (!LITERALS.includes(first)) throw new Error(`Cannot read the status in ${payload.toString("hex")}`);
  return (length & HUFFMAN) === 0 ? value.toString("latin1") : readDigits(value);
}

function readDigits(bytes: Buffer): string {
  let bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  let text = "";
  for (;;) {
    const digit = DIGITS.findIndex((code) => bits.startsWith(code));
    if (digit === -1) return text;
    text += digit;
    bits = bits.slice(DIGITS[digit]?.length);
  }
}
