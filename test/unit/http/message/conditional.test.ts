import { describe, expect, it } from "vitest";
import { evaluatePreconditions, type ModifiedSinceRule, type Preconditions } from "../../../../src/http/message/conditional.ts";
import { formatHttpDate } from "../../../../src/http/message/http-date.ts";

const MODIFIED = 784_111_777;
const NONE: Preconditions = { ifMatch: undefined, ifUnmodifiedSince: undefined, ifNoneMatch: undefined, ifModifiedSince: undefined };
const at = (offset: number) => formatHttpDate(MODIFIED + offset);

function evaluate(wanted: Partial<Preconditions>, rule: ModifiedSinceRule = "exact", modifiedSeconds = MODIFIED): number {
  return evaluatePreconditions({ ...NONE, ...wanted }, { modifiedSeconds, entityTag: '"a"' }, rule);
}

describe("evaluatePreconditions()", () => {
  it("sends an answer that nothing depends on", () => {
    expect(evaluate({})).toBe(200);
  });

  it.each([
    [0, "exact", 304],
    [1, "exact", 200],
    [-1, "exact", 200],
    [0, "before", 304],
    [1, "before", 304],
    [-1, "before", 200],
    [0, "off", 200],
  ] as const)("compares If-Modified-Since %i s off under if_modified_since %s", (offset, rule, status) => {
    expect(evaluate({ ifModifiedSince: at(offset) }, rule)).toBe(status);
  });

  it("takes If-Modified-Since that is no date, or an answer without Last-Modified, for modified", () => {
    expect(evaluate({ ifModifiedSince: "yesterday" }, "before")).toBe(200);
    expect(evaluate({ ifModifiedSince: at(0) }, "before", -1)).toBe(200);
  });

  it("compares If-None-Match weakly", () => {
    expect(evaluate({ ifNoneMatch: 'W/"a"' })).toBe(304);
    expect(evaluate({ ifNoneMatch: '"b"' })).toBe(200);
    expect(evaluate({ ifNoneMatch: "*" })).toBe(304);
  });

  it("asks both If-None-Match and If-Modified-Since to hold", () => {
    expect(evaluate({ ifNoneMatch: '"a"', ifModifiedSince: at(0) })).toBe(304);
    expect(evaluate({ ifNoneMatch: '"a"', ifModifiedSince: at(-5) })).toBe(200);
    expect(evaluate({ ifNoneMatch: '"b"', ifModifiedSince: at(0) })).toBe(200);
  });

  it("answers 412 to If-Match and If-Unmodified-Since that fail, before all else", () => {
    expect(evaluate({ ifMatch: '"b"', ifNoneMatch: '"a"' })).toBe(412);
    expect(evaluate({ ifMatch: 'W/"a"' })).toBe(412);
    expect(evaluate({ ifMatch: '"a"' })).toBe(200);
    expect(evaluate({ ifUnmodifiedSince: at(-1) })).toBe(412);
    expect(evaluate({ ifUnmodifiedSince: at(0) })).toBe(200);
    expect(evaluate({ ifUnmodifiedSince: "x" })).toBe(412);
    expect(evaluate({ ifUnmodifiedSince: at(0) }, "exact", -1)).toBe(412);
  });
});
