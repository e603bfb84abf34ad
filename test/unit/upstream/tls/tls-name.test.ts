import { describe, expect, it } from "vitest";
import { isServerName, serverNameFor, withoutPort } from "../../../../src/upstream/tls/tls-name.ts";

describe("withoutPort()", () => {
  it.each([
    ["example.com", "example.com"],
    ["example.com:443", "example.com"],
    ["example.com:", "example.com"],
    [":443", ""],
    ["[::1]:443", "[::1]"],
    ["[::1]", "[::1]"],
    ["[::1", "["],
    ["a:b:c", "a"],
    ["", ""],
  ])("%j is the name %j", (name, expected) => expect(withoutPort(name)).toBe(expected));
});

describe("serverNameFor()", () => {
  it("asks for host names alone", () => {
    expect(["example.com", "127.0.0.1", "[::1]", "1.2.3", ""].map(serverNameFor)).toEqual(["example.com", "", "", "1.2.3", ""]);
  });
});

describe("isServerName()", () => {
  it("takes 255 octets and no more", () => {
    expect(isServerName("a".repeat(255))).toBe(true);
    expect(isServerName("a".repeat(256))).toBe(false);
  });

  it.each(["a\0b", "a b", "a\nb", "ä", "a\x7f"])("refuses %j, which OpenSSL would cut short or send as it is", (name) => {
    expect(isServerName(name)).toBe(false);
  });
});
