import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodePacket, encodeCounted, encodeLength, encodePacket, VAR_BLOCK_BYTES_MAX } from "../../../../src/upstream/uwsgi/packet.ts";

/** Written byte by byte, as the protocol's page describes it. */
function slowEncode(modifier1: number, modifier2: number, vars: readonly (readonly [string, string])[]): Buffer {
  const parts: Buffer[] = [];
  for (const text of vars.flat()) {
    const length = Buffer.alloc(2);
    length.writeUInt16LE(text.length);
    parts.push(length, Buffer.from(text, "latin1"));
  }
  const block = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeUInt8(modifier1, 0);
  head.writeUInt16LE(block.length, 1);
  head.writeUInt8(modifier2, 3);
  return Buffer.concat([head, block]);
}

const latin1 = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 600 });
const vars = fc.array(fc.tuple(latin1, latin1), { maxLength: 20 });
const byte = fc.integer({ min: 0, max: 255 });

describe("the uwsgi packet", () => {
  it("is written as a byte-wise encoder writes it, and reads back", () => {
    fc.assert(
      fc.property(byte, byte, vars, (modifier1, modifier2, pairs) => {
        const text = encodePacket(modifier1, modifier2, pairs.map(([name, value]) => encodeCounted(name) + encodeCounted(value)).join(""));
        expect(Buffer.from(text ?? "", "latin1")).toEqual(slowEncode(modifier1, modifier2, pairs));
        expect(decodePacket(text ?? "")).toEqual({ modifier1, modifier2, vars: pairs, end: text?.length });
      }),
      { numRuns: 200 },
    );
  });

  it("takes a block of 65535 bytes", () => {
    const packet = encodePacket(0, 0, "x".repeat(VAR_BLOCK_BYTES_MAX)) ?? "";
    expect([...packet.slice(0, 4)].map((char) => char.charCodeAt(0))).toEqual([0, 255, 255, 0]);
  });

  it.each([65_536, 65_537, 131_072, 131_077])("refuses a block of %i bytes rather than wrap its size", (bytes) => {
    expect(encodePacket(0, 0, "x".repeat(bytes))).toBeUndefined();
  });

  it.each([65_535, 65_536, 70_000, 131_080])("never lets a value of %i bytes through in a packet", (bytes) => {
    expect(encodePacket(0, 0, encodeCounted("A") + encodeCounted("v".repeat(bytes)))).toBeUndefined();
  });

  it.each([0, 1, 255, 256, 1023, 1024, 65_535])("writes the length %i as two bytes, little endian", (length) => {
    expect(Buffer.from(encodeLength(length), "latin1").readUInt16LE()).toBe(length);
  });

  it("cannot be read when it is cut anywhere", () => {
    const packet = encodePacket(5, 7, encodeCounted("NAME") + encodeCounted("value")) ?? "";
    for (let end = 0; end < packet.length; end++) expect(decodePacket(packet.slice(0, end))).toBeUndefined();
  });

  it("cannot be read when a length points outside of the block", () => {
    expect(decodePacket("\x00\x05\x00\x00\x09\x00abc")).toBeUndefined();
    expect(decodePacket("\x00\x03\x00\x00\x01\x00a")).toBeUndefined();
  });
});
