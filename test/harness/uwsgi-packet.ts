/** Reads uwsgi packets for the tests, apart from the product's encoder (https://uwsgi-docs.readthedocs.io/en/latest/Protocol.html). */

export interface UwsgiPacket {
  readonly modifier1: number;
  readonly datasize: number;
  readonly modifier2: number;
  /** In wire order, latin1. */
  readonly vars: readonly (readonly [key: string, value: string])[];
  /** What of the var block is not vars. */
  readonly malformed: string;
}

/** The packet at the start of `bytes`, or undefined while its var block is incomplete. */
export function decodeUwsgiPacket(bytes: Buffer): UwsgiPacket | undefined {
  if (bytes.length < 4) return undefined;
  const datasize = bytes.readUInt16LE(1);
  if (bytes.length < 4 + datasize) return undefined;
  const block = bytes.subarray(4, 4 + datasize);
  const vars: [string, string][] = [];
  let at = 0;
  while (at < block.length) {
    const key = lengthPrefixed(block, at);
    const value = key === undefined ? undefined : lengthPrefixed(block, key.end);
    if (key === undefined || value === undefined) break;
    vars.push([key.text, value.text]);
    at = value.end;
  }
  return { modifier1: bytes.readUInt8(0), datasize, modifier2: bytes.readUInt8(3), vars, malformed: block.toString("latin1", at) };
}

/** The last value of a var, as uWSGI takes it, or undefined. */
export function varOf(packet: UwsgiPacket, key: string): string | undefined {
  return packet.vars.findLast(([name]) => name === key)?.[1];
}

function lengthPrefixed(block: Buffer, at: number): { text: string; end: number } | undefined {
  if (at + 2 > block.length) return undefined;
  const end = at + 2 + block.readUInt16LE(at);
  return end > block.length ? undefined : { text: block.toString("latin1", at + 2, end), end };
}
