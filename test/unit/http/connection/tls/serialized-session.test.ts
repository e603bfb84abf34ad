import { describe, expect, it } from "vitest";
import { sessionGroup, sessionIdOf, sessionProtocol } from "../../../../../src/http/connection/tls/serialized-session.ts";

/** SEQUENCE { 1, 0x0303, cipher, id, … } as OpenSSL writes a session. */
const ID = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const CONTENT = Buffer.from(`020101020203030402c02f0420${ID}0402aabb`, "hex");
const SESSION = Buffer.concat([Buffer.from([0x30, 0x81, CONTENT.length]), CONTENT]);

describe("sessionIdOf()", () => {
  it("finds the id behind version, protocol and cipher", () => expect(sessionIdOf(SESSION)).toBe(ID));
  it("gives nothing without a session", () => expect(sessionIdOf(undefined)).toBe(""));
  it("gives nothing for any part of a session", () => {
    for (let end = 0; end < SESSION.length; end++) expect(sessionIdOf(SESSION.subarray(0, end))).toBe("");
  });
});

describe("sessionProtocol()", () => {
  it("reads the version of TLS", () => expect(sessionProtocol(SESSION)).toBe(0x0303));
  it("is 0 for anything else", () => expect([Buffer.alloc(0), Buffer.from("junk")].map(sessionProtocol)).toEqual([0, 0]));
});

describe("sessionGroup()", () => {
  const withGroup = (content: string): Buffer => {
    const group = Buffer.from(content, "hex");
    return Buffer.concat([Buffer.from([0x30, 0x81, CONTENT.length + group.length]), CONTENT, group]);
  };
  it("reads the group behind what else is there", () => expect(sessionGroup(withGroup("ae03020101b30302011d"))).toBe(29));
  it("reads one of two bytes", () => expect(sessionGroup(withGroup("b304020211ec"))).toBe(0x11ec));
  it("is 0 where no group was used", () => expect(sessionGroup(withGroup("b303020100"))).toBe(0));
  it("is 0 for a session of a version that does not tell", () => expect(sessionGroup(SESSION)).toBe(0));
  it.each(["b30304011d", "b3020200", "b3070205ffffffffff", "b300"])("is 0 for %s", (group) =>
    expect(sessionGroup(withGroup(group))).toBe(0),
  );
  it("is 0 without a session", () => expect(sessionGroup(undefined)).toBe(0));
});
