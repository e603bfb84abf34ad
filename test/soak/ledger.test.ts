/** What the ledger of a soak calls lost: a tool that excuses too much would prove nothing. */

import { expect, it } from "vitest";
import { type Failure, Ledger } from "./ledger.ts";
import { fittedGrowth } from "./watch-processes.ts";

function failure(facts: Partial<Failure> = {}): Failure {
  const now = performance.now();
  return { reason: "closed", openedAtMs: now - 100, failedAtMs: now + 1, worker: 7, hasAnswerBytes: false, mayBeRepeated: false, ...facts };
}

it("a failure without a reason is lost", () => {
  const ledger = new Ledger();
  ledger.fail("static", failure());
  expect(ledger.lost.static).toBe(1);
  expect(ledger.lossReasons[0]).toContain("static: closed (worker 7");
});

it.each([
  ["on the worker that was killed", { worker: 7 }, 0],
  ["on an unknown worker", { worker: 0 }, 0],
  ["on another worker", { worker: 8 }, 1],
  ["before the kill", { failedAtMs: performance.now() - 60_000 }, 1],
  ["on a connection opened after the kill", { openedAtMs: performance.now() + 60_000, failedAtMs: performance.now() + 61_000 }, 1],
])("a failure %s counts so", (_name, facts, lost) => {
  const ledger = new Ledger();
  ledger.addCut({ worker: 7 });
  ledger.fail("static", failure(facts));
  expect([ledger.lost.static, ledger.cutOnPurpose.static]).toEqual([lost, 1 - lost]);
});

it("a restarted upstream excuses what may not be repeated, and nothing else", () => {
  const ledger = new Ledger();
  for (const upstream of ["uwsgi", "upload"] as const) ledger.addCut({ upstream });
  ledger.fail("upload", failure());
  ledger.fail("uwsgi", failure({ hasAnswerBytes: true }));
  ledger.fail("uwsgi", failure());
  ledger.fail("proxy", failure());
  expect(ledger.cutOnPurpose).toMatchObject({ upload: 1, uwsgi: 1, proxy: 0 });
  expect(ledger.lost).toMatchObject({ upload: 0, uwsgi: 1, proxy: 1 });
});

it("a reload excuses what its client repeats", () => {
  const ledger = new Ledger();
  ledger.fail("static", failure({ mayBeRepeated: true }));
  ledger.addReload();
  ledger.fail("static", failure({ mayBeRepeated: true }));
  ledger.fail("static", failure());
  expect([ledger.lost.static, ledger.retried]).toEqual([2, 1]);
});

it("fittedGrowth() is the fitted line's, not the last sample's", () => {
  const samples = [0, 1, 2, 3, 4].map((atMs) => ({ atMs, value: 10 + 2 * atMs }));
  expect(fittedGrowth(samples, ({ value }) => value)).toBeCloseTo(8);
  expect(fittedGrowth(samples, () => 5)).toBe(0);
  expect(fittedGrowth([], () => 5)).toBe(0);
});
