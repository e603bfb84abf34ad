import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson, textAt, textUnder } from "../../../../src/modules/auth-jwt/json.ts";

const claims = {
  sub: "me",
  n: 7,
  yes: true,
  none: null,
  list: ["a", 1, ["b"]],
  info: { "e-mail": "a@b", "job title": "chief" },
  userId: "u",
  "": "empty",
};

describe("textAt()", () => {
  it.each([
    [["sub"], "me"],
    [["n"], "7"],
    [["yes"], "true"],
    [["none"], ""],
    [["list"], "a,1,b"],
    [["info", "job title"], "chief"],
    [["info"], '{"e-mail":"a@b","job title":"chief"}'],
    [["info", "absent"], ""],
    [["sub", "length"], ""],
    [["list", "0"], ""],
    [["toString"], ""],
    [["__proto__"], ""],
    [[""], "empty"],
  ])("reads %j as %j", (names, text) => expect(textAt(claims, names)).toBe(text));

  it("gives UTF-8 bytes", () => expect(textAt({ a: "é€" }, ["a"])).toBe(Buffer.from("é€").toString("latin1")));

  it("never ends a field line", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => !/[\0\r\n]/.test(textAt({ a: value }, ["a"]))));
    expect(textAt({ a: "x\r\nEvil: 1\0" }, ["a"])).toBe("x  Evil: 1 ");
  });
});

describe("textUnder()", () => {
  it("takes a member in other case where none has just this name", () => {
    expect(textUnder(claims, "userid")).toBe("u");
    expect(textUnder({ SUB: "other", sub: "own" }, "sub")).toBe("own");
  });

  it("gives nothing of nothing", () => expect([textUnder(undefined, "sub"), textUnder({}, "constructor")]).toEqual(["", ""]));
});

describe("parseJson()", () => {
  it("reads UTF-8, in latin1 text or in bytes", () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const bytes = Buffer.from(json);
        expect(parseJson(bytes)).toEqual(JSON.parse(json));
        expect(parseJson(bytes.toString("latin1"))).toEqual(JSON.parse(json));
      }),
    );
  });

  it.each(["", "{", "{'a':1}", "\0"])("makes nothing of %j", (text) => expect(parseJson(text)).toBeUndefined());
});
