/** Values by address: of networks, where the narrowest counts, or of ranges, where a later line cuts into an earlier one. */

import type { Cidr } from "../../net/cidr.ts";

/** `bytes` are those of `ipBytes`: 4 or 16 characters. */
export interface AddressTable {
  find(bytes: string): string | undefined;
}

/** Networks by their masked bytes, one table for each length of prefix: a look-up costs as many steps as there are different lengths. */
export class NetworkTable implements AddressTable {
  private readonly byLength = new Map<number, Map<string, string>>();
  private lengths: readonly number[] = [];

  /** The value that the very same network had. */
  get({ addressBytes, bits, masked }: MaskedNetwork): string | undefined {
    return this.byLength.get(lengthKey(addressBytes, bits))?.get(masked);
  }

  set({ addressBytes, bits, masked }: MaskedNetwork, value: string): void {
    const key = lengthKey(addressBytes, bits);
    let networks = this.byLength.get(key);
    if (networks === undefined) {
      networks = new Map();
      this.byLength.set(key, networks);
      this.lengths = [...this.byLength.keys()].sort((one, other) => other - one);
    }
    networks.set(masked, value);
  }

  delete({ addressBytes, bits, masked }: MaskedNetwork): boolean {
    return this.byLength.get(lengthKey(addressBytes, bits))?.delete(masked) ?? false;
  }

  find(bytes: string): string | undefined {
    for (const key of this.lengths) {
      if (key >> BITS_SHIFT !== bytes.length) continue;
      const value = this.byLength.get(key)?.get(maskBytes(bytes, key & BITS_MASK));
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

export interface MaskedNetwork {
  readonly addressBytes: number;
  readonly bits: number;
  readonly masked: string;
}

const BITS_SHIFT = 8;
const BITS_MASK = 0xff;

function lengthKey(addressBytes: number, bits: number): number {
  return (addressBytes << BITS_SHIFT) | bits;
}

/** A network as a key. */
export function maskedNetwork(cidr: Cidr): MaskedNetwork {
  const extra = [0, 128, 192, 224, 240, 248, 252, 254].indexOf(cidr.mask);
  const bits = cidr.prefix.length * 8 + extra;
  const masked = cidr.mask === 0 ? cidr.prefix : cidr.prefix + String.fromCharCode(cidr.masked);
  return { addressBytes: cidr.addressBytes, bits, masked };
}

function maskBytes(bytes: string, bits: number): string {
  const whole = bits >> 3;
  const rest = bits & 7;
  if (rest === 0) return bytes.slice(0, whole);
  return bytes.slice(0, whole) + String.fromCharCode(bytes.charCodeAt(whole) & (0xff00 >> rest) & 0xff);
}

interface Range {
  readonly first: string;
  readonly last: string;
  readonly value: string;
}

/** Ranges in order, without overlaps. Bytes of one length compare as addresses do. */
export class RangeTable implements AddressTable {
  private readonly ranges: Range[] = [];

  /** A later range replaces what it covers of earlier ones. */
  set(first: string, last: string, value: string): void {
    const from = this.indexOf(first);
    let to = from;
    while ((this.ranges[to]?.first ?? BEHIND_ALL) <= last) to++;
    const lowest = this.ranges[from];
    const highest = this.ranges[to - 1];
    const left = lowest !== undefined && lowest.first < first ? [{ ...lowest, last: before(first) }] : [];
    const right = to > from && highest !== undefined && highest.last > last ? [{ ...highest, first: after(last) }] : [];
    this.ranges.splice(from, to - from, ...left, { first, last, value }, ...right);
  }

  delete(first: string, last: string): boolean {
    const at = this.indexOf(first);
    const range = this.ranges[at];
    if (range?.first !== first || range.last !== last) return false;
    this.ranges.splice(at, 1);
    return true;
  }

  find(bytes: string): string | undefined {
    const range = this.ranges[this.indexOf(bytes)];
    return range !== undefined && range.first <= bytes ? range.value : undefined;
  }

  /**
   * The range, as nginx names it, that a new one cuts into without lying inside of it: nginx refuses that (ngx_http_geo_add_range). It keeps
   * ranges in parts of 65,536 addresses and compares part by part.
   */
  overlappedBy(first: string, last: string): string | undefined {
    for (let part = toNumber(first) >>> PART_BITS; part <= toNumber(last) >>> PART_BITS; part++) {
      const start = fromNumber((part << PART_BITS) >>> 0);
      const end = fromNumber(((part << PART_BITS) | PART_MASK) >>> 0);
      const from = highestOf(first, start);
      const to = lowestOf(last, end);
      const range = this.lastBegunAt(to);
      if (range === undefined || range.last < from) continue;
      const oldFrom = highestOf(range.first, start);
      const oldTo = lowestOf(range.last, end);
      if (from < oldFrom || to > oldTo) return `${formatAddress(oldFrom)}-${formatAddress(oldTo)}`;
    }
    return undefined;
  }

  /** The last range that begins at an address or before it. */
  private lastBegunAt(bytes: string): Range | undefined {
    const at = this.indexOf(bytes);
    return (this.ranges[at]?.first ?? BEHIND_ALL) <= bytes ? this.ranges[at] : this.ranges[at - 1];
  }

  /** Of the first range that does not end before an address. */
  private indexOf(bytes: string): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.ranges[middle]?.last ?? BEHIND_ALL) < bytes) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Compares as higher than every address. */
const BEHIND_ALL = "\u{100}";

const PART_BITS = 16;
const PART_MASK = 0xffff;

function highestOf(one: string, other: string): string {
  return one > other ? one : other;
}

function lowestOf(one: string, other: string): string {
  return one < other ? one : other;
}

function formatAddress(bytes: string): string {
  return [...bytes].map((byte) => byte.charCodeAt(0)).join(".");
}

function before(bytes: string): string {
  return fromNumber(toNumber(bytes) - 1);
}

function after(bytes: string): string {
  return fromNumber(toNumber(bytes) + 1);
}

/** Ranges are of IPv4 addresses alone, as in nginx. */
function toNumber(bytes: string): number {
  return ((bytes.charCodeAt(0) * 256 + bytes.charCodeAt(1)) * 256 + bytes.charCodeAt(2)) * 256 + bytes.charCodeAt(3);
}

function fromNumber(number: number): string {
  return String.fromCharCode((number >>> 24) & 0xff, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff);
}
