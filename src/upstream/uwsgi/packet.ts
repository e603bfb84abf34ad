/** The uwsgi packet: a 4-byte head, then vars as counted names and values (uWSGI docs, Protocol). Text here is latin1: one char, one byte. */

/** The var block's size is a 16-bit number. */
export const VAR_BLOCK_BYTES_MAX = 65_535;

export interface UwsgiPacket {
  readonly modifier1: number;
  readonly modifier2: number;
  /** In wire order; a name may stand twice. */
  readonly vars: readonly (readonly [name: string, value: string])[];
  /** Offset behind the var block: where the request body begins. */
  readonly end: number;
}

/** Lengths up to here are looked up rather than made: names and nearly all values. */
const KNOWN_LENGTHS = 1024;

const lengthTexts: readonly string[] = Array.from({ length: KNOWN_LENGTHS }, (_, length) => String.fromCharCode(length & 255, length >> 8));

/** A 16-bit little endian length. Past 65535 there is none: the block that holds such text is too long and `encodePacket` refuses it. */
export function encodeLength(length: number): string {
  return lengthTexts[length] ?? (length > VAR_BLOCK_BYTES_MAX ? "" : String.fromCharCode(length & 255, length >> 8));
}

/** Text with its length before it: a var is a counted name and a counted value. */
export function encodeCounted(text: string): string {
  return encodeLength(text.length) + text;
}

/** The packet's bytes without the body; undefined when the block is longer than the head can say. */
export function encodePacket(modifier1: number, modifier2: number, varBlock: string): string | undefined {
  if (varBlock.length > VAR_BLOCK_BYTES_MAX) return undefined;
  return String.fromCharCode(modifier1) + encodeLength(varBlock.length) + String.fromCharCode(modifier2) + varBlock;
}

/** Reads a packet back; undefined when the text ends before it does or a length points outside of the block. */
export function decodePacket(text: string): UwsgiPacket | undefined {
  if (text.length < 4) return undefined;
  const end = 4 + lengthAt(text, 1);
  if (text.length < end) return undefined;
  const vars: [string, string][] = [];
  for (let at = 4; at < end; ) {
    const name = countedAt(text, at, end);
    if (name === undefined) return undefined;
    const value = countedAt(text, at + 2 + name.length, end);
    if (value === undefined) return undefined;
    vars.push([name, value]);
    at += 4 + name.length + value.length;
  }
  return { modifier1: text.charCodeAt(0), modifier2: text.charCodeAt(3), vars, end };
}

function countedAt(text: string, at: number, end: number): string | undefined {
  if (at + 2 > end) return undefined;
  const textEnd = at + 2 + lengthAt(text, at);
  return textEnd > end ? undefined : text.slice(at + 2, textEnd);
}

function lengthAt(text: string, at: number): number {
  return text.charCodeAt(at) | (text.charCodeAt(at + 1) << 8);
}
