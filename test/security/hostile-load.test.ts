/** Twenty thousand hostile requests to one server: its memory stays flat, it goes on answering at once, and it has nothing grave to log. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { FUZZED_FILES, fuzzedConf } from "../fuzz/fuzzed-conf.ts";
import { createRandom, hostileRequests } from "../fuzz/hostile-requests.ts";
import { type Recorder, startHttpRecorder, startUwsgiRecorder } from "../fuzz/recorders.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openFiles, residentMemoryMb } from "../integration/process-state.ts";
import { attackOnce } from "./hostile-clients.ts";

const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000);
const WARMING = 6000;
const REQUESTS = 20_000;
const AT_ONCE = 64;
/** 2 KB a request would be a leak of what one request holds. */
const GROWTH_MB_MAX = 40;

let http: Recorder;
let uwsgi: Recorder;
let server: RunningServer;

beforeAll(async () => {
  [http, uwsgi] = await Promise.all([startHttpRecorder(), startUwsgiRecorder()]);
  const conf = fuzzedConf(http.port, uwsgi.port).replace("http {", "http {\naccess_log off;\nerror_log %%DIR%%/logs/error.log error;");
  server = await startForegate({ conf, files: FUZZED_FILES });
});
afterAll(() => Promise.all([http.stop(), uwsgi.stop()]));

test(`hostile requests leave neither memory nor files behind (seed ${SEED})`, async () => {
  const random = createRandom(SEED);
  const filesAtStart = openFiles(server.pid);
  await attack(random, WARMING);
  const before = residentMemoryMb(server.pid);
  await attack(random, REQUESTS - WARMING);
  expect(residentMemoryMb(server.pid) - before).toBeLessThan(GROWTH_MB_MAX);
  expect([...http.faults, ...uwsgi.faults]).toEqual([]);
  // Connections to upstreams are kept, 32 for each of three addresses at most.
  await waitUntil("the files to be closed", () => openFiles(server.pid) <= filesAtStart + 96 || undefined);
  const since = performance.now();
  const { answers } = await server.exchange("GET /static/a HTTP/1.1\r\nHost: localhost\r\n\r\n");
  expect(answers[0]?.status).toBe(200);
  expect(performance.now() - since).toBeLessThan(500);
}, 90_000);

async function attack(random: ReturnType<typeof createRandom>, count: number): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await attackOnce(server.port(), hostileRequests(random));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  http.requests.length = 0;
  uwsgi.requests.length = 0;
}
