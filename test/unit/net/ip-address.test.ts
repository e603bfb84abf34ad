import { isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ipBytes, ipText, unmapIpv4 } from "../../../src/net/ip-address.ts";

describe("ipBytes()", () => {
  test.each([
    ["1.2.3.4", "\x01\x02\x03\x04"],
    ["255.255.255.255", "\xff\xff\xff\xff"],
    ["010.0.0.1", "\x0a\0\0\x01"],
    ["::", "\0".repeat(16)],
    ["::1", `${"\0".repeat(15)}\x01`],
    ["FE80::aB", `\xfe\x80${"\0".repeat(13)}\xab`],
    ["1:2:3:4:5:6:7:8", "\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0\x07\0\x08"],
    ["1:2:3:4:5:6:7::", "\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\0\x07\0\0"],
    ["::ffff:1.2.3.4", `${"\0".repeat(10)}\xff\xff\x01\x02\x03\x04`],
    ["1:2:3:4:5:6:1.2.3.4", "\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\x01\x02\x03\x04"],
  ])("reads %s", (text, bytes) => expect(ipBytes(text)).toBe(bytes));

  test.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "1..2.3",
    " 1.2.3.4",
    "1.2.3.4 ",
    "+1.2.3.4",
    "host",
    ":",
    ":::",
    "1:2",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7::8",
    "1::2::3",
    ":1::2",
    "1::2:",
    "12345::",
    "g::",
    "::1.2.3",
    "1.2.3.4::",
    "[::1]",
    "fe80::1%eth0",
    "unix:",
  ])("refuses %j", (text) => expect(ipBytes(text)).toBeUndefined());

  test("takes exactly the IPv6 addresses that Node.js takes", () => {
    const groups = fc.array(fc.constantFrom("0", "1", "ab", "ffff", "10000", "g", "", "1.2.3.4"), { maxLength: 9 });
    fc.assert(
      fc.property(groups, (parts) => {
        const text = parts.join(":");
        if (text.includes(":")) expect(ipBytes(text) !== undefined).toBe(isIPv6(text));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("ipText()", () => {
  test.each([
    ["1.2.3.4", "1.2.3.4"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["1:0:0:2:0:0:0:3", "1:0:0:2::3"],
    ["1:0:0:2:0:0:3:4", "1::2:0:0:3:4"],
    ["1:0:3:4:5:6:7:8", "1::3:4:5:6:7:8"],
    ["1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7::"],
    ["2001:0DB8::00A0", "2001:db8::a0"],
    ["::ffff:102:304", "::ffff:1.2.3.4"],
    ["::102:304", "::1.2.3.4"],
    ["::2", "::2"],
    ["::fffe:1.2.3.4", "::fffe:102:304"],
  ])("writes %s as %s", (address, text) => expect(ipText(ipBytes(address) ?? "")).toBe(text));

  test("is read back as the same bytes", () => {
    const octets = fc
      .constantFrom(4, 16)
      .chain((length) => fc.array(fc.constantFrom(0, 0, 1, 0xab, 0xff), { minLength: length, maxLength: length }));
    fc.assert(
      fc.property(octets, (codes) => {
        const bytes = String.fromCharCode(...codes);
        expect(ipBytes(ipText(bytes))).toBe(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("unmapIpv4()", () => {
  test.each([
    ["::ffff:1.2.3.4", "\x01\x02\x03\x04"],
    ["1.2.3.4", "\x01\x02\x03\x04"],
    ["::1.2.3.4", `${"\0".repeat(12)}\x01\x02\x03\x04`],
  ])("of %s", (address, bytes) => expect(unmapIpv4(ipBytes(address) ?? "")).toBe(bytes));
});
