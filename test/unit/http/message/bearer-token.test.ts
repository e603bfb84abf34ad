import { describe, expect, it } from "vitest";
import { readBearerToken } from "../../../../src/http/message/bearer-token.ts";

describe("readBearerToken()", () => {
  it.each([
    [undefined, ""],
    ["", ""],
    ["Bearer", ""],
    ["Bearer ", ""],
    ["Bearera.b.c", ""],
    ["Basic a.b.c", ""],
    ["Basic Bearer a.b.c", ""],
    ["Bearer a.b.c", "a.b.c"],
    ["bEARER   a.b.c", "a.b.c"],
    ["Bearer a.b.c d", "a.b.c d"],
  ])("of %j is %j", (field, token) => expect(readBearerToken(field)).toBe(token));
});
