/** IP addresses between text and bytes. Text is nginx's form (ngx_inet_ntop); bytes are latin1 text: 4 chars for IPv4, 16 for IPv6. */

const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const HEX_GROUP = /^[0-9a-f]{1,4}$/i;
const IPV4_MAPPED = `${"\0".repeat(10)}\xff\xff`;

/** The bytes of an address without brackets, zone or port; undefined for any other text (RFC 4291 section 2.2). */
export function ipBytes(text: string): string | undefined {
  return text.includes(":") ? ipv6Bytes(text) : ipv4Bytes(text);
}

/** `::ffff:1.2.3.4` as the IPv4 address that it stands for: what a dual-stack socket sees of an IPv4 client; others as they are. */
export function unmapIpv4(bytes: string): string {
  return bytes.length === 16 && bytes.startsWith(IPV4_MAPPED) ? bytes.slice(12) : bytes;
}

/** The text of 4 or 16 bytes; the longest run of zero groups is "::", addresses that end in an IPv4 address show it. */
export function ipText(bytes: string): string {
  return bytes.length === 4 ? ipv4Text(bytes) : ipv6Text(bytes);
}

/** A loop, since access rules ask on every request: it takes a third of a regular expression's time. Leading zeros are decimal, as in nginx. */
function ipv4Bytes(text: string): string | undefined {
  let bytes = "";
  let octet = -1;
  for (let at = 0; at <= text.length; at++) {
    const code = at === text.length ? DOT : text.charCodeAt(at);
    if (code === DOT) {
      if (octet < 0 || octet > 255) return undefined;
      bytes += String.fromCharCode(octet);
      octet = -1;
    } else if (code >= ZERO && code <= NINE) {
      octet = (octet < 0 ? 0 : octet * 10) + code - ZERO;
    } else {
      return undefined;
    }
  }
  return bytes.length === 4 ? bytes : undefined;
}

function ipv6Bytes(text: string): string | undefined {
  const gapAt = text.indexOf("::");
  if (gapAt < 0) return sixteenBytes(groupsBytes(text, true), "", false);
  const behind = text.slice(gapAt + 2);
  return sixteenBytes(groupsBytes(text.slice(0, gapAt), false), groupsBytes(behind, true), true);
}

function sixteenBytes(start: string | undefined, end: string | undefined, hasGap: boolean): string | undefined {
  if (start === undefined || end === undefined) return undefined;
  const missing = 16 - start.length - end.length;
  if (hasGap ? missing <= 0 : missing !== 0) return undefined;
  return start + "\0".repeat(missing) + end;
}

/** Groups with ":" between them; the last may be an IPv4 address where the address ends there. */
function groupsBytes(text: string, isEnd: boolean): string | undefined {
  if (text === "") return "";
  const groups = text.split(":");
  let bytes = "";
  for (const [index, group] of groups.entries()) {
    const isTail = isEnd && index === groups.length - 1 && group.includes(".");
    const value = isTail ? ipv4Bytes(group) : HEX_GROUP.test(group) ? twoBytes(Number.parseInt(group, 16)) : undefined;
    if (value === undefined) return undefined;
    bytes += value;
  }
  return bytes;
}

function twoBytes(value: number): string {
  return String.fromCharCode(value >> 8, value & 0xff);
}

function ipv4Text(bytes: string): string {
  return `${bytes.charCodeAt(0)}.${bytes.charCodeAt(1)}.${bytes.charCodeAt(2)}.${bytes.charCodeAt(3)}`;
}

function ipv6Text(bytes: string): string {
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(bytes.charCodeAt(at) * 256 + bytes.charCodeAt(at + 1));
  const run = longestZeroRun(groups);
  const tail = endsInIpv4(groups, run) ? ipv4Text(bytes.slice(12)) : undefined;
  const texts = groups.slice(0, tail === undefined ? 8 : 6).map((group) => group.toString(16));
  if (tail !== undefined) texts.push(tail);
  if (run.length === 0) return texts.join(":");
  return `${texts.slice(0, run.start).join(":")}::${texts.slice(run.start + run.length).join(":")}`;
}

interface Run {
  readonly start: number;
  readonly length: number;
}

/** The first of the longest, a single group included, as nginx does. */
function longestZeroRun(groups: readonly number[]): Run {
  let longest: Run = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > longest.length) longest = { start, length: end - start };
    start = end;
  }
  return longest;
}

/** nginx: IPv4-mapped and IPv4-compatible addresses, but not `::1`. */
function endsInIpv4(groups: readonly number[], { start, length }: Run): boolean {
  if (start !== 0) return false;
  return (length === 5 && groups[5] === 0xffff) || length === 6;
}
