import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binaryAddress } from "../../../../../src/http/core/variables/binary-address.ts";
import { readArgument } from "../../../../../src/http/core/variables/read-argument.ts";
import { readBasicUser } from "../../../../../src/http/core/variables/read-basic-user.ts";
import { readCookie } from "../../../../../src/http/core/variables/read-cookie.ts";

describe("readArgument()", () => {
  it.each([
    ["a=1&b=2", "a", "1"],
    ["a=1&b=2", "b", "2"],
    ["A=1", "a", "1"],
    ["a=1", "A", "1"],
    ["aa=1&a=2", "a", "2"],
    ["ba=1", "a", undefined],
    ["a=1&a=2", "a", "1"],
    ["a", "a", undefined],
    ["a&a=1", "a", "1"],
    ["a=", "a", ""],
    ["a=%20+x=y", "a", "%20+x=y"],
    ["", "a", undefined],
    ["&&a=1", "a", "1"],
    ["b&=1", "b&", undefined],
  ])("of %j gives %j as %j", (args, name, value) => {
    expect(readArgument(args, name)).toBe(value);
  });

  it("agrees with splitting at every ampersand", () => {
    const args = fc.array(fc.tuple(fc.constantFrom("a", "b", "ab", "A"), fc.constantFrom("", "1", "=", "x=y")), { maxLength: 5 });
    fc.assert(
      fc.property(args, (pairs) => {
        const text = pairs.map(([name, value]) => `${name}=${value}`).join("&");
        expect(readArgument(text, "a")).toBe(pairs.find(([name]) => name.toLowerCase() === "a")?.[1]);
      }),
    );
  });
});

describe("readCookie()", () => {
  it.each([
    ["a=1; b=2", "b", "2"],
    ["A=1", "a", "1"],
    ["a=1", "A", "1"],
    ["xa=1; a=2", "a", "2"],
    ["ab=1;a=2", "a", "2"],
    ["a = 1 ;b=2", "a", "1 "],
    ["a; a=3", "a", "3"],
    ["b=1, a=2", "a", "2"],
    ["a=1, b=2", "a", "1, b=2"],
    ["a=", "a", ""],
    ["", "a", undefined],
    ["  a=1", "a", "1"],
  ])("of %j gives %j as %j", (field, name, value) => {
    expect(readCookie(field, name)).toBe(value);
  });
});

describe("readBasicUser()", () => {
  const basic = (text: string) => `Basic ${Buffer.from(text, "latin1").toString("base64")}`;

  it.each([
    [basic("joe:secret"), "joe"],
    [basic(":secret"), ""],
    [basic("j\xf6:x"), "j\xf6"],
    [basic("a:b:c"), "a"],
    [basic("joe"), ""],
    ["basic am9lOng=", "joe"],
    ["Bearer am9lOng=", ""],
    ["Basic am9l!Ong=", ""],
    ["Basic", ""],
    [undefined, ""],
  ])("of %j gives %j", (field, user) => {
    expect(readBasicUser(field)).toBe(user);
  });
});

describe("binaryAddress()", () => {
  const hex = (address: string) => Buffer.from(binaryAddress(address), "latin1").toString("hex");

  it.each([
    ["127.0.0.1", "7f000001"],
    ["255.255.255.255", "ffffffff"],
    ["::1", "00000000000000000000000000000001"],
    ["::", "00000000000000000000000000000000"],
    ["2001:db8::a", "20010db800000000000000000000000a"],
    ["fe80::1%eth0", "fe800000000000000000000000000001"],
    ["::ffff:1.2.3.4", "00000000000000000000ffff01020304"],
    ["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
    ["1::", "00010000000000000000000000000000"],
  ])("of %s is %s", (address, bytes) => {
    expect(hex(address)).toBe(bytes);
  });

  it("leaves what is no address", () => {
    expect(binaryAddress("unix:")).toBe("unix:");
  });
});
