import { describe, expect, it } from "vitest";
import { sessionIdOf, sessionProtocol } from "../../../../../src/http/connection/tls/session-id.ts";

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
