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
  private ranges: Range[] = [];

  /** A later range replaces what it covers of earlier ones. */
  set(first: string, last: string, value: string): void {
    // Long tables come sorted.
    const highest = this.ranges[this.ranges.length - 1];
    if (highest === undefined || highest.last < first) {
      this.ranges.push({ first, last, value });
      return;
    }
    const kept: Range[] = [];
    for (const range of this.ranges) {
      if (range.last < first || range.first > last) {
        kept.push(range);
        continue;
      }
      if (range.first < first) kept.push({ ...range, last: before(first) });
      if (range.last > last) kept.push({ ...range, first: after(last) });
    }
    kept.push({ first, last, value });
    this.ranges = kept.sort((one, other) => (one.first < other.first ? -1 : 1));
  }

  delete(first: string, last: string): boolean {
    const at = this.ranges.findIndex((range) => range.first === first && range.last === last);
    if (at >= 0) this.ranges.splice(at, 1);
    return at >= 0;
  }

  find(bytes: string): string | undefined {
    let low = 0;
    let high = this.ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const range = this.ranges[middle];
      if (range === undefined) return undefined;
      if (bytes < range.first) high = middle - 1;
      else if (bytes > range.last) low = middle + 1;
      else return range.value;
    }
    return undefined;
  }
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
