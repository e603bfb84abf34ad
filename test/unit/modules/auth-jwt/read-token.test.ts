import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readToken, whyNotNow } from "../../../../src/modules/auth-jwt/read-token.ts";
import { unsigned } from "./tokens.ts";

describe("readToken()", () => {
  it("takes a signed token apart", () => {
    expect(readToken(unsigned({ alg: "HS256" }, { sub: "me" }, "x"))).toEqual({
      header: { alg: "HS256" },
      claims: { sub: "me" },
      payload: "",
    });
  });

  it("knows the header alone of an encrypted one", () => {
    const header = Buffer.from('{"alg":"dir"}').toString("base64url");
    expect(readToken(`${header}..AA.AA.AA`)).toEqual({ header: { alg: "dir" }, claims: {}, payload: "" });
  });

  it.each([
    "",
    ".",
    "..",
    "a.b",
    "a.b.c",
    "e30.e30",
    "e30.e30.x.y",
    "e30.W10.x",
    "W10.e30.x",
    "bnVsbA.e30.x",
    "e30=.e30.x",
    "e30.e3 0.x",
    "e30.e30.a.b.c.d",
  ])("refuses %j", (text) => expect(readToken(text)).toBeUndefined());

  it("never throws", () => fc.assert(fc.property(fc.array(fc.string()), (parts) => void readToken(parts.join(".")))));
});

describe("whyNotNow()", () => {
  it.each([
    [{}, 0, undefined],
    [{ exp: 1001 }, 0, undefined],
    [{ exp: 1000 }, 0, "it has expired"],
    [{ exp: 999 }, 1, "it has expired"],
    [{ exp: 999 }, 2, undefined],
    [{ nbf: 1000 }, 0, undefined],
    [{ nbf: 1001 }, 0, "it is not valid yet"],
    [{ nbf: 1001 }, 1, undefined],
    [{ nbf: 1002 }, 1, "it is not valid yet"],
    [{ exp: "2000" }, 0, '"exp" is not a number'],
    [{ exp: null }, 0, '"exp" is not a number'],
    [{ nbf: "0" }, 0, '"nbf" is not a number'],
  ])("at 1000 for %j and a leeway of %i: %s", (claims, leeway, why) => expect(whyNotNow(claims, 1000, leeway)).toBe(why));
});
