import { describe, expect, it } from "vitest";
import { conditionOfStatus, type NextUpstreamCondition, type NextUpstreamFacts, triesNext } from "../../../src/upstream/next-upstream.ts";

const FACTS: NextUpstreamFacts = { method: "GET", isRequestSent: true, isBodyStreamed: false, triesLeft: 1, elapsedMs: 0 };

function policy(...conditions: readonly NextUpstreamCondition[]) {
  return { conditions: new Set(conditions), triesMax: 0, timeoutMs: 0 };
}

describe("next_upstream", () => {
  it.each([
    { name: "another server is tried after an error", conditions: ["error"], facts: {}, expected: true },
    { name: "a condition that is not listed ends it", conditions: ["timeout"], facts: {}, expected: false },
    { name: "no tries are left", conditions: ["error"], facts: { triesLeft: 0 }, expected: false },
    { name: "POST is not sent twice", conditions: ["error"], facts: { method: "POST" }, expected: false },
    { name: "PATCH is not sent twice", conditions: ["error"], facts: { method: "PATCH" }, expected: false },
    { name: "LOCK is not sent twice", conditions: ["error"], facts: { method: "LOCK" }, expected: false },
    { name: "PUT is", conditions: ["error"], facts: { method: "PUT" }, expected: true },
    {
      name: "POST that was not sent is tried again",
      conditions: ["error"],
      facts: { method: "POST", isRequestSent: false },
      expected: true,
    },
    { name: "POST with non_idempotent is", conditions: ["error", "non_idempotent"], facts: { method: "POST" }, expected: true },
    {
      name: "a body from the client cannot be sent twice",
      conditions: ["error", "non_idempotent"],
      facts: { isBodyStreamed: true },
      expected: false,
    },
  ] as const)("$name", ({ conditions, facts, expected }) => {
    expect(triesNext(policy(...conditions), "error", { ...FACTS, ...facts })).toBe(expected);
  });

  it("begins no other try once next_upstream_timeout is over", () => {
    const limited = { ...policy("error"), timeoutMs: 100 };
    expect(triesNext(limited, "error", { ...FACTS, elapsedMs: 99 })).toBe(true);
    expect(triesNext(limited, "error", { ...FACTS, elapsedMs: 100 })).toBe(false);
  });

  it.each([500, 502, 503, 504, 403, 404, 429])("knows the condition of status %i", (status) => {
    expect(conditionOfStatus(status)).toBe(`http_${status}`);
  });

  it("has no condition for other statuses", () => {
    expect([200, 301, 400, 401, 501].map(conditionOfStatus)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});
