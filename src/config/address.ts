/** Addresses of sockets: `host:port`, `[::1]:80`, `unix:/path` (ngx_parse_url in ngx_inet.c). */

import type { Report } from "./report.ts";
import type { Arg } from "./tree.ts";
import type { Value } from "./value.ts";

export type Address =
  | { readonly kind: "unix"; readonly path: string }
  /** `host` is a name or an IP address, IPv6 without brackets. */
  | { readonly kind: "inet"; readonly host: string; readonly port: number };

export type ParsedAddress =
  | Address
  | { readonly mistake: "invalid port" | "invalid host" | "no host" | "invalid IPv6 address" | "no path in the unix domain socket" };

/** An address as one argument; without a port it gets `defaultPort`. */
export function address(defaultPort: number): Value<Address> {
  const read = (arg: Arg, report: Report): Address | undefined => {
    const parsed = parseAddress(arg.text, defaultPort);
    return "mistake" in parsed ? report.error(`${parsed.mistake} in "${arg.text}"`, arg.span) : parsed;
  };
  return { syntax: "address", read };
}

/** Names are not resolved. */
export function parseAddress(text: string, defaultPort: number): ParsedAddress {
  if (/^unix:/i.test(text)) {
    const path = text.slice(5);
    return path === "" ? { mistake: "no path in the unix domain socket" } : { kind: "unix", path };
  }
  const found = /^(\[[^\]]*\]|[^:[\]/?]*)(?::(.*))?$/s.exec(text);
  if (found === null) return { mistake: text.startsWith("[") ? "invalid host" : /^[^:/?]*:/.test(text) ? "invalid port" : "invalid host" };
  const bracketed = found[1] ?? "";
  const port = found[2] === undefined ? defaultPort : portOf(found[2]);
  if (port === undefined) return { mistake: "invalid port" };
  if (bracketed.startsWith("[")) {
    const host = bracketed.slice(1, -1);
    return isIpv6(host) ? { kind: "inet", host, port } : { mistake: "invalid IPv6 address" };
  }
  return bracketed === "" ? { mistake: "no host" } : { kind: "inet", host: bracketed, port };
}

/** 1 to 65535, or undefined. */
function portOf(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** RFC 4291, section 2.2, with an IPv4 tail allowed and no zone. */
export function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  const tail = groups[groups.length - 1] ?? "";
  const tailIsIpv4 = tail.includes(".");
  if (tailIsIpv4 && (!isIpv4(tail) || text.endsWith("::"))) return false;
  const hex = tailIsIpv4 ? groups.slice(0, -1) : groups;
  if (!hex.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const length = hex.length + (tailIsIpv4 ? 2 : 0);
  return halves.length === 2 ? length < 8 : length === 8;
}

/** Four decimal numbers from 0 to 255, without leading zeros: some readers take those for octal. */
export function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
}
