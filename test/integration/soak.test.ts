/** A short soak: `npm run soak` is the long one. */

import { expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import { runSoak } from "../soak/run-soak.ts";

const SECONDS = 25;

requireOracle("uwsgi")("a soak", () => {
  test(`of ${SECONDS} seconds loses no request and lets nothing grow`, async () => {
    const { faults, disturbances, ledger } = await runSoak(SECONDS);
    expect(faults).toEqual([]);
    expect(Object.keys(disturbances)).toEqual(expect.arrayContaining(["reload", "kill -9 of a worker", "restart of an application"]));
    for (const [kind, count] of Object.entries(ledger.succeeded)) expect(count, kind).toBeGreaterThan(100);
  }, 90_000);
});
