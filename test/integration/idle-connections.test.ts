/** Ten thousand idle keep-alive connections held by one worker: what each costs, and that others are served meanwhile. */

import { execFileSync } from "node:child_process";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openFiles, residentMemoryMb } from "./process-state.ts";
import { workersOf } from "./process-workers.ts";

const CONNECTIONS = 10_000;
/** So many that the worker has its code compiled, so few that they leave no room for the others. */
const WARM_UP = 200;
/** Connecting faster than the listen queue is emptied only makes clients wait for their SYN to be sent again. */
const AT_ONCE = 200;
const KB_EACH_MAX = 8;
const REQUEST = "GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: idle\r\n\r\n";

const openFilesMax = Number(execFileSync("/bin/sh", ["-c", "ulimit -Hn"], { encoding: "utf8" }).trim());

const conf = `
events { worker_connections 12000; }
http {
  access_log off;
  keepalive_timeout 10m;
  server { listen 127.0.0.1:%%PORT%% backlog=4096; location / { return 200 "here\\n"; } location /file { root %%DIR%%; } }
}`;

let server: RunningServer;
let worker = 0;
const idle: Socket[] = [];

beforeAll(async () => {
  server = await startForegate({ conf, files: { file: "file\n" } });
  worker = (await waitUntil("the worker", () => workersOf(server.pid)[0])) ?? 0;
});
afterAll(async () => {
  for (const socket of idle) socket.destroy();
});

/** Connects, asks once, and stays. */
function openIdle(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: server.port(), noDelay: true }, () => socket.write(REQUEST, "latin1"));
    socket.once("data", () => resolve(socket));
    socket.once("error", reject);
  });
}

async function openMany(count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, openIdle))));
  }
  return sockets;
}

/** The least that is resident over a while in which the worker's collector may catch up: requests keep it going. */
async function settledMemoryMb(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 40; i++) {
    await Promise.all(Array.from({ length: 20 }, () => server.exchange("GET /file HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
    least = Math.min(least, residentMemoryMb(worker));
  }
  return least;
}

test.skipIf(openFilesMax < CONNECTIONS + 1000)(
  `${CONNECTIONS} idle connections cost less than ${KB_EACH_MAX} KB each, and others are served meanwhile`,
  async () => {
    const warm = await openMany(WARM_UP);
    for (const socket of warm) socket.destroy();
    await waitUntil("the first ones to be gone", () => openFiles(worker) < 200 || undefined);
    const before = await settledMemoryMb();

    idle.push(...(await openMany(CONNECTIONS)));
    const after = await settledMemoryMb();
    expect(openFiles(worker)).toBeGreaterThan(CONNECTIONS);
    expect(((after - before) * 1024) / CONNECTIONS).toBeLessThan(KB_EACH_MAX);

    // The held ones are alive, from the first to the last.
    const asked = [idle[0], idle[CONNECTIONS / 2], idle[CONNECTIONS - 1]].map(
      (socket) =>
        new Promise<string>((resolve) => {
          socket?.once("data", (chunk: Buffer) => resolve(chunk.toString("latin1")));
          socket?.write(REQUEST, "latin1");
        }),
    );
    for (const answer of await Promise.all(asked)) expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*here\n$/s);
    const startedAt = performance.now();
    const { answers } = await server.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(answers[0]?.status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(500);
  },
  120_000,
);
