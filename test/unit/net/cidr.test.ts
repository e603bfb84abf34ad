import { describe, expect, test } from "vitest";
import { isInCidr, parseCidr } from "../../../src/net/cidr.ts";
import { ipBytes } from "../../../src/net/ip-address.ts";

function isIn(address: string, range: string): boolean {
  const cidr = parseCidr(range);
  if (cidr === undefined) throw new Error(`${range} is no range`);
  return isInCidr(ipBytes(address) ?? "", cidr);
}

describe("parseCidr()", () => {
  test.each(["", "x", "1.2.3", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/8x", "1.2.3.4/8/8", "::/129", "/8", "unix:", "all"])(
    "refuses %j",
    (text) => expect(parseCidr(text)).toBeUndefined(),
  );

  test.each([
    ["10.0.0.0/8", false],
    ["10.0.0.1/8", true],
    ["10.0.0.1", false],
    ["10.0.0.1/32", false],
    ["10.128.0.0/9", false],
    ["10.192.0.0/9", true],
    ["1.2.3.4/0", true],
    ["2001:db8::/32", false],
    ["2001:db8::1/127", true],
  ])("tells whether %s has bits without meaning", (text, has) => expect(parseCidr(text)?.hasMeaninglessBits).toBe(has));
});

describe("isInCidr()", () => {
  test.each([
    ["10.0.0.0", "10.0.0.0/8"],
    ["10.255.255.255", "10.1.2.3/8"],
    ["1.2.3.4", "0.0.0.0/0"],
    ["1.2.3.4", "1.2.3.4"],
    ["192.0.2.127", "192.0.2.0/25"],
    ["192.0.2.131", "192.0.2.130/31"],
    ["2001:db8:7fff::", "2001:db8::/33"],
    ["::1", "::/0"],
    ["::1", "::1/128"],
  ])("%s is in %s", (address, range) => expect(isIn(address, range)).toBe(true));

  test.each([
    ["11.0.0.0", "10.0.0.0/8"],
    ["9.255.255.255", "10.0.0.0/8"],
    ["1.2.3.5", "1.2.3.4"],
    ["192.0.2.128", "192.0.2.0/25"],
    ["192.0.2.132", "192.0.2.130/31"],
    ["2001:db8:8000::", "2001:db8::/33"],
    ["::1", "0.0.0.0/0"],
    ["1.2.3.4", "::/0"],
  ])("%s is not in %s", (address, range) => expect(isIn(address, range)).toBe(false));
});
