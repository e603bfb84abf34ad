/** Thousands of hostile requests: the server stays up and quiet, and no origin ever gets bytes that it could misread. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { exchange } from "../harness/raw-client.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { FUZZED_FILES, fuzzedConf } from "./fuzzed-conf.ts";
import { createRandom, hostileRequests, splitWrites } from "./hostile-requests.ts";
import { type Recorder, startHttpRecorder, startUwsgiRecorder } from "./recorders.ts";

/** FUZZ_SEED repeats a run. */
const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000);
const BUDGET_MS = 5000;
const AT_ONCE = 16;

let http: Recorder;
let uwsgi: Recorder;
let server: RunningServer;

beforeAll(async () => {
  [http, uwsgi] = await Promise.all([startHttpRecorder(), startUwsgiRecorder()]);
  server = await startForegate({ conf: fuzzedConf(http.port, uwsgi.port), files: FUZZED_FILES });
});
afterAll(() => Promise.all([http.stop(), uwsgi.stop()]));

test(`hostile requests reach no origin misframed and leave the server well (seed ${SEED})`, async () => {
  const random = createRandom(SEED);
  const until = Date.now() + BUDGET_MS;
  const attack = async (): Promise<void> => {
    while (Date.now() < until && http.faults.length === 0 && uwsgi.faults.length === 0) {
      await exchange({ port: server.port() }, splitWrites(random, hostileRequests(random)), { timeoutMs: 250 });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, attack));
  expect(http.faults).toEqual([]);
  expect(uwsgi.faults).toEqual([]);
  expect(http.requests.length).toBeGreaterThan(10);
  expect(uwsgi.requests.length).toBeGreaterThan(2);
  const { answers } = await server.exchange("GET /static/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect(answers[0]?.status).toBe(200);
});
