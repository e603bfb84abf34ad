/** What is refused is refused everywhere: on each kind of location, version and connection, however its bytes arrive, and unheard of upstream. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FUZZED_FILES, fuzzedConf } from "../fuzz/fuzzed-conf.ts";
import { type Recorder, startHttpRecorder, startUwsgiRecorder } from "../fuzz/recorders.ts";
import { requireOracle } from "../harness/oracle.ts";
import type { Exchange, Step } from "../harness/raw-client.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { standInIsNginx, startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { composeRefused, REFUSED_BODIES, REFUSED_HEADS, type RefusedRequest, refusalOf } from "./refused-requests.ts";
import { splitPoints } from "./split-points.ts";

const FORWARDING_PLACES = ["/proxy/", "/stream/", "/variable/", "/uwsgi/", "/uwsgi-stream/"];
const CONNECTIONS = ["Connection: keep-alive", "Connection: close", "X-Connection: unsaid"];
/** Behind each refused request: it must be neither answered nor forwarded. */
const SMUGGLED = "GET /proxy/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
const AT_ONCE = 24;

let http: Recorder;
let uwsgi: Recorder;
let server: RunningServer;

beforeAll(async () => {
  [http, uwsgi] = await Promise.all([startHttpRecorder(), startUwsgiRecorder()]);
  server = await startForegate({ conf: fuzzedConf(http.port, uwsgi.port), files: FUZZED_FILES });
});
afterAll(() => Promise.all([http.stop(), uwsgi.stop()]));

describe.each([
  { kind: "heads", rows: REFUSED_HEADS, places: ["/static/", ...FORWARDING_PLACES] },
  { kind: "bodies", rows: REFUSED_BODIES, places: FORWARDING_PLACES },
])("refused $kind", ({ rows, places }) => {
  test.each(rows)("$name: on every location, version and kind of connection", async (row) => {
    for (const version of ["1.1", "1.0"] as const) {
      const status = refusalOf(row, version);
      if (status === "taken") continue;
      const variants = places.flatMap((place) => CONNECTIONS.map((field) => composeRefused(row, place, version, field) + SMUGGLED));
      await Promise.all(variants.map(async (bytes) => expectRefusal(await server.exchange(bytes), status)));
    }
    expectNothingForwarded();
  });

  test.each(rows)("$name: cut at every byte", async (row) => {
    const bytes = composeRefused(row, "/proxy/", "1.1") + SMUGGLED;
    const status = refusalOf(row, "1.1") as number;
    const points = splitPoints(bytes.length);
    for (let first = 0; first < points.length; first += AT_ONCE) {
      const lane = points.slice(first, first + AT_ONCE).map(async (at) => {
        const steps: readonly Step[] = [bytes.slice(0, at), 1, bytes.slice(at)];
        expectRefusal(await server.exchange(steps), status);
      });
      await Promise.all(lane);
    }
    expectNothingForwarded();
  });
});

requireOracle("nginx")("nginx's verdict on refused requests", () => {
  let nginx: RunningServer;
  beforeAll(async () => {
    nginx = await startNginx({ conf: fuzzedConf(http.port, uwsgi.port), files: FUZZED_FILES });
  });

  test.each([...REFUSED_HEADS, ...REFUSED_BODIES])("$name", async (row: RefusedRequest) => {
    const { answers } = await nginx.exchange(composeRefused(row, "/proxy/", "1.1"), { timeoutMs: 1000 });
    if (row.unlikeNginx === true) expect(answers[0]?.status, "a stale entry: nginx refuses it, too").not.toBe(refusalOf(row, "1.1"));
    else expect(answers[0]?.status).toBe(refusalOf(row, "1.1"));
    http.requests.length = 0;
  });
});

function expectRefusal(exchange: Exchange, status: number): void {
  if (standInIsNginx) return;
  expect(exchange.answers.map((answer) => answer.status)).toEqual([status]);
  expect(exchange.rest).toBe("");
  expect(exchange.end).not.toBe("kept");
  expect(exchange.end).not.toBe("timeout");
}

function expectNothingForwarded(): void {
  if (standInIsNginx) return;
  expect([...http.requests, ...uwsgi.requests, ...http.faults, ...uwsgi.faults]).toEqual([]);
}
