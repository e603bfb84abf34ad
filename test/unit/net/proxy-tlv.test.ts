import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { proxyTlvReader } from "../../../src/net/proxy-tlv.ts";

function tlv(type: number, value: string): string {
  return String.fromCharCode(type, value.length >> 8, value.length & 0xff) + value;
}

const SSL = tlv(0x20, `\x07\0\0\x01\x02${tlv(0x21, "TLSv1.3")}${tlv(0x22, "client")}${tlv(0x23, "AES")}${tlv(0x26, "more")}`);
const TLVS =
  tlv(0x01, "h2") + tlv(0x02, "example.com") + tlv(0x05, "\x01\x02") + SSL + tlv(0x30, "ns") + tlv(0xea, "custom") + tlv(0x03, "");

const read = (name: string, tlvs = TLVS): string | undefined => proxyTlvReader(name)?.(tlvs);

describe("proxyTlvReader()", () => {
  test.each([
    ["alpn", "h2"],
    ["authority", "example.com"],
    ["unique_id", "\x01\x02"],
    ["netns", "ns"],
    ["0xea", "custom"],
    ["0x1", "h2"],
    ["0x03", ""],
    ["ssl", SSL.slice(3)],
    ["ssl_verify", "258"],
    ["ssl_version", "TLSv1.3"],
    ["ssl_cn", "client"],
    ["ssl_cipher", "AES"],
    ["ssl_0x26", "more"],
    ["ssl_sig_alg", undefined],
    ["0xeb", undefined],
  ])("%s is %j", (name, value) => expect(read(name)).toBe(value));

  test.each(["", "alp", "0x", "0x123", "0xzz", "ssl_", "ssl_alpn", "ssl_0x"])("knows no name %j", (name) => {
    expect(proxyTlvReader(name)).toBeUndefined();
  });

  test("finds nothing where nothing is, or where it is cut short", () => {
    expect(read("alpn", "")).toBeUndefined();
    expect(read("alpn", "\x01\0")).toBeUndefined();
    expect(read("alpn", "\x01\0\x03h2")).toBeUndefined();
    expect(read("ssl_verify", tlv(0x20, "\x07\0\0\0"))).toBeUndefined();
    expect(read("ssl_cn", tlv(0x20, "\x07"))).toBeUndefined();
  });

  test("reads any bytes without failing", () => {
    const names = fc.constantFrom("alpn", "ssl_cn", "ssl_verify", "0x00");
    fc.assert(
      fc.property(names, fc.uint8Array({ maxLength: 40 }), (name, bytes) => {
        const value = read(name, Buffer.from(bytes).toString("latin1"));
        expect(value === undefined || value.length <= Math.max(bytes.length, 10)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
