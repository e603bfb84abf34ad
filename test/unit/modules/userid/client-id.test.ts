import { describe, expect, test } from "vitest";
import { createId, createIdSequence, decodeId, encodeId, isId, renderId } from "../../../../src/modules/userid/client-id.ts";
import { renderExpires } from "../../../../src/modules/userid/cookie-attributes.ts";

const LOCALHOST = Buffer.from([127, 0, 0, 1]);

describe("client identifiers", () => {
  test("of version 2 are in network order: server, time, start, number", () => {
    const sequence = createIdSequence(40, 0x1234);
    expect(createId("on", LOCALHOST, 0x65432100, sequence).toString("hex")).toBe("7f000001654321000002123403030302");
    expect(createId("on", 0xc0a80001, 1, sequence).toString("hex")).toBe("c0a8000100000001" + "0002123403030402");
  });

  test("of version 1 are in that of the machine, without an address", () => {
    const sequence = createIdSequence(0, 7);
    expect(createId("v1", LOCALHOST, 0x65432100, sequence).toString("hex")).toBe("00000000002143650700000001000000");
    expect(createId("v1", 9, 1, sequence).toString("hex")).toBe("09000000010000000700000001010000");
  });

  test("start over behind the last number", () => {
    const sequence = { start: 0, nextV1: 1, nextV2: 0xffffff02 };
    createId("on", 0, 0, sequence);
    expect(sequence.nextV2).toBe(0x03030302);
  });

  test("are read from a cookie whatever follows them, and shown as nginx's logs do", () => {
    const id = decodeId("fwAAAWGgAAAAAAAAAwMCAgA=");
    if (id === undefined) throw new Error("No identifier");
    expect(renderId("uid", id)).toBe("uid=0100007F0000A0610000000002020303");
    expect(encodeId(id)).toBe("fwAAAWGgAAAAAAAAAwMCAg==");
    expect(isId(id)).toBe(true);
  });

  test("are nothing without a number, or when they are no base64", () => {
    expect(isId(Buffer.alloc(16))).toBe(false);
    expect(decodeId("fwAAAWGgAAAAAAAAAwMCA*==")).toBeUndefined();
    expect(decodeId("short")).toBeUndefined();
  });
});

test("a cookie's expiry has two digits of the year while browsers of old could tell", () => {
  expect(renderExpires(0, 1_000_000_000)).toBe("");
  expect(renderExpires("max", 0)).toBe("; expires=Thu, 31-Dec-37 23:55:55 GMT");
  expect(renderExpires(60, 1_000_000_000)).toBe("; expires=Sun, 09-Sep-01 01:47:40 GMT");
  expect(renderExpires(60, 2_145_916_800)).toBe("; expires=Fri, 01-Jan-2038 00:01:00 GMT");
});
