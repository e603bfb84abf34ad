/** Ranges of IP addresses as configurations name them: `10.0.0.0/8`, `::1` (nginx: ngx_ptocidr, ngx_cidr_match). */

import { ipBytes } from "./ip-address.ts";

export interface Cidr {
  /** 4 or 16: only addresses of that many bytes are in the range. */
  readonly addressBytes: number;
  /** The bytes that are wholly given. */
  readonly prefix: string;
  /** The bits that count of the byte behind them, and what they are; 0 and 0 when none does. */
  readonly mask: number;
  readonly masked: number;
  /** The address says more than the length keeps: `10.0.0.1/8`. */
  readonly hasMeaninglessBits: boolean;
}

/** A range or, without "/", one address; undefined for text that is neither. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf("/");
  const bytes = ipBytes(slash < 0 ? text : text.slice(0, slash));
  if (bytes === undefined) return undefined;
  const written = slash < 0 ? String(bytes.length * 8) : text.slice(slash + 1);
  if (!/^\d+$/.test(written) || Number(written) > bytes.length * 8) return undefined;
  const whole = Number(written) >> 3;
  const bits = Number(written) & 7;
  const mask = (0xff00 >> bits) & 0xff;
  const prefix = bytes.slice(0, whole);
  const masked = bits === 0 ? 0 : bytes.charCodeAt(whole) & mask;
  const kept = (bits === 0 ? prefix : prefix + String.fromCharCode(masked)).padEnd(bytes.length, "\0");
  return { addressBytes: bytes.length, prefix, mask: bits === 0 ? 0 : mask, masked, hasMeaninglessBits: kept !== bytes };
}

/** `bytes` as `ipBytes` gives them; an IPv4-mapped address is looked for as IPv4: see `unmapIpv4`. */
export function isInCidr(bytes: string, cidr: Cidr): boolean {
  return (
    bytes.length === cidr.addressBytes &&
    bytes.startsWith(cidr.prefix) &&
    (cidr.mask === 0 || (bytes.charCodeAt(cidr.prefix.length) & cidr.mask) === cidr.masked)
  );
}
