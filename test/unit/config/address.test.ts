import { isIPv4, isIPv6 } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { address, isIpv4, isIpv6, parseAddress } from "../../../src/config/address.ts";
import { readArg } from "./read-arg.ts";

describe("parseAddress()", () => {
  it.each<[string, unknown]>([
    ["127.0.0.1", { kind: "inet", host: "127.0.0.1", port: 80 }],
    ["127.0.0.1:8080", { kind: "inet", host: "127.0.0.1", port: 8080 }],
    ["backend", { kind: "inet", host: "backend", port: 80 }],
    ["a.b-c_d:1", { kind: "inet", host: "a.b-c_d", port: 1 }],
    ["[::1]", { kind: "inet", host: "::1", port: 80 }],
    ["[::1]:65535", { kind: "inet", host: "::1", port: 65_535 }],
    ["unix:/run/a.sock", { kind: "unix", path: "/run/a.sock" }],
    ["UNIX:a b", { kind: "unix", path: "a b" }],
    ["unix:", { mistake: "no path in the unix domain socket" }],
    ["", { mistake: "no host" }],
    [":80", { mistake: "no host" }],
    ["a:", { mistake: "invalid port" }],
    ["a:0", { mistake: "invalid port" }],
    ["a:65536", { mistake: "invalid port" }],
    ["a:x", { mistake: "invalid port" }],
    ["a:80/b", { mistake: "invalid port" }],
    ["::1", { mistake: "invalid port" }],
    ["[::1", { mistake: "invalid host" }],
    ["[::1]80", { mistake: "invalid host" }],
    ["[]", { mistake: "invalid IPv6 address" }],
    ["[g::]:80", { mistake: "invalid IPv6 address" }],
    ["a/b", { mistake: "invalid host" }],
  ])("reads %j", (text, expected) => {
    expect(parseAddress(text, 80)).toEqual(expected);
  });

  it("is worded by address() as nginx words it", () => {
    expect(readArg("a:0", address(80)).messages).toEqual(['invalid port in "a:0"']);
    expect(readArg("a", address(9)).value).toEqual({ kind: "inet", host: "a", port: 9 });
  });
});

describe("isIpv4() and isIpv6()", () => {
  it("agree with node:net", () => {
    const piece = fc.constantFrom(":", "::", "0", "1", "ffff", "ABCD", "12345", "1.2.3.4", "256", ".", "255", "01", "g");
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
    const colons = fc.array(fc.constantFrom("0", "ab", "", "1.2.3.4"), { maxLength: 9 }).map((groups) => groups.join(":"));
    const dots = fc
      .array(fc.constantFrom("0", "00", "9", "99", "199", "249", "255", "256", "300", ""), { maxLength: 5 })
      .map((n) => n.join("."));
    fc.assert(
      fc.property(fc.oneof(text, colons, dots), (given) => {
        expect([given, isIpv6(given)]).toEqual([given, isIPv6(given)]);
        expect([given, isIpv4(given)]).toEqual([given, isIPv4(given)]);
      }),
      { numRuns: 3000 },
    );
  });
});
