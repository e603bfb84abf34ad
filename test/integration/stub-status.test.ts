/** `stub_status` over several workers, over reloads, and for HTTP/2. */

import { expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openClient } from "./open-client.ts";
import { workerPids } from "./process-state.ts";

const conf = (workers: number): string => `
worker_processes ${workers};
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    location /status { stub_status; }
    location / { return 200 "$connections_waiting"; }
  }
}`;

interface Numbers {
  readonly active: number;
  readonly accepted: number;
  readonly requests: number;
  readonly waiting: number;
}

async function read(server: RunningServer): Promise<Numbers> {
  const { answers } = await server.exchange("GET /status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const [active = 0, accepted = 0, , requests = 0, , , waiting = 0] = (answers[0]?.body.match(/\d+/g) ?? []).map(Number);
  return { active, accepted, requests, waiting };
}

test("counts the connections of all workers, and what was counted survives reloads and the end of workers", async () => {
  await using server = await startForegate({ conf: conf(3) });
  server.claim(/exited on signal 9/);
  const clients = Array.from({ length: 20 }, () => openClient(server.port()));
  await Promise.all(
    clients.map((client) => {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2));
      return client.receive(/(HTTP.*){2}/s);
    }),
  );
  const during = await read(server);
  expect(during).toMatchObject({ active: 21, waiting: 20 });
  expect(during.accepted).toBeGreaterThanOrEqual(21);
  expect(during.requests).toBe(41);

  const before = workerPids(server.pid);
  server.signal("SIGHUP");
  await waitUntil("other workers", () => workerPids(server.pid).every((pid) => !before.includes(pid)) || undefined);
  const after = await read(server);
  expect(after).toMatchObject({ active: 1, waiting: 0, accepted: during.accepted + 1, requests: 42 });

  const [victim = 0] = workerPids(server.pid);
  process.kill(victim, "SIGKILL");
  await waitUntil("another worker", () => (workerPids(server.pid).length === 3 && !workerPids(server.pid).includes(victim)) || undefined);
  // What a killed worker had told last is kept: the request that asked was told of.
  expect((await read(server)).requests).toBeGreaterThanOrEqual(43);
  for (const client of clients) client.close();
});

test("variables know of the other workers a moment later", async () => {
  await using server = await startForegate({ conf: conf(2) });
  const clients = Array.from({ length: 10 }, () => openClient(server.port()));
  await Promise.all(
    clients.map((client) => {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      return client.receive(/HTTP/);
    }),
  );
  await waitUntil("all ten", async () => {
    const { answers } = await server.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return answers[0]?.body === "10" || undefined;
  });
  for (const client of clients) client.close();
});
