import { describe, expect, test, vi } from "vitest";
import { delayUnauthorized, satisfyAny } from "../../../src/http/access-phase.ts";
import type { Handler, Verdict } from "../../../src/http/phase.ts";
import { Deadlines } from "../../../src/net/deadlines.ts";
import { makeRequest } from "./core/variables/request-fixture.ts";

/** Asks handlers that give these verdicts, at once or later, and tells which were asked. */
async function ask(verdicts: readonly Verdict[], isLater: boolean): Promise<{ verdict: Verdict; asked: number; log: readonly string[] }> {
  let asked = 0;
  const handlers = verdicts.map((verdict): Handler => {
    return () => {
      asked++;
      return isLater ? Promise.resolve(verdict) : verdict;
    };
  });
  const { r, errorLines } = makeRequest();
  const verdict = await satisfyAny(handlers)(r);
  return { verdict, asked, log: errorLines.map(({ message }) => message) };
}

describe.each([
  ["at once", false],
  ["later", true],
])("satisfyAny() of handlers that answer %s", (_name, isLater) => {
  test.each<[readonly Verdict[], Verdict, number]>([
    [["allow"], "allow", 1],
    [[403, "allow", 401], "allow", 2],
    [[401, 403], 401, 2],
    [[403, 401], 401, 2],
    [[403, undefined], 403, 2],
    [[undefined, undefined], undefined, 2],
    [[403, 500, "allow"], 500, 2],
  ])("%j gives %s after asking %i", async (verdicts, verdict, asked) => {
    expect(await ask(verdicts, isLater)).toMatchObject({ verdict, asked });
  });

  test("logs only a refusal that stays one", async () => {
    expect((await ask([403], isLater)).log).toEqual(["access forbidden by rule"]);
    expect((await ask([403, 401], isLater)).log).toEqual([]);
    expect((await ask([403, "allow"], isLater)).log).toEqual([]);
  });
});

test("satisfyAny() takes back the challenge of a handler that another one outweighs", () => {
  const { r } = makeRequest();
  const challenging: Handler = (request) => {
    request.challenges = ['Basic realm="x"'];
    return 401;
  };
  expect(satisfyAny([challenging, () => "allow"])(r)).toBe("allow");
  expect(r.challenges).toEqual([]);
  expect(satisfyAny([challenging, () => 403])(r)).toBe(401);
  expect(r.challenges).toEqual(['Basic realm="x"']);
});

describe("delayUnauthorized()", () => {
  test("gives 401 after the delay and everything else at once", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      const deadlines = new Deadlines();
      const { r, errorLines } = makeRequest();
      expect(delayUnauthorized(() => 403, 2000, deadlines)(r)).toBe(403);
      expect(delayUnauthorized(() => undefined, 2000, deadlines)(r)).toBeUndefined();
      let settled: Verdict;
      const verdict = delayUnauthorized(() => Promise.resolve(401), 2000, deadlines)(r) as Promise<Verdict>;
      void verdict.then((value) => {
        settled = value;
      });
      await vi.advanceTimersByTimeAsync(1990);
      expect(settled).toBeUndefined();
      await vi.advanceTimersByTimeAsync(20);
      expect(settled).toBe(401);
      expect(deadlines.members.size).toBe(0);
      expect(errorLines.map(({ message }) => message)).toEqual(["delaying unauthorized request"]);
    } finally {
      vi.useRealTimers();
    }
  });
});
