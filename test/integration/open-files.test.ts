/** A process that may open no more files: it sheds, says so, and serves on when there is room again. */

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { get, request } from "../differential/requests.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { inErrorLog } from "./await-log.ts";
import { type ClientSocket, openClient } from "./client-socket.ts";

const FILES_MAX = 90;
const CLIENTS = 120;

const WAITING = request("POST", "/origin", "Expect: 100-continue", "Content-Length: 1");
const isTrue = (): boolean => true;
const isFalse = (): boolean => false;

const conf = `
events { worker_connections 512; }
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    location / { root %%DIR%%/www; }
    location /origin { proxy_pass http://127.0.0.1:%%PORT_CLOSED%%; }
  }
}`;

const folder = mkdtempSync(join(tmpdir(), "foregate-limit-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A Node.js that may open few files, hard limit and all: it raises its soft limit by itself. */
function limitedNode(): string {
  const path = join(folder, "node");
  const node = process.env["FOREGATE_NODE"] ?? process.execPath;
  writeFileSync(path, `#!/bin/sh\nulimit -n ${FILES_MAX}\nexec "${node}" "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

test("a worker without free descriptors closes idle clients for new ones, and serves all of them that wait their turn", async () => {
  await using server = await startForegate({ conf, node: limitedNode(), files: { "www/a.txt": "served\n" } });
  server.claim(/worker_connections are not enough$|Too many open files/);
  const clients: ClientSocket[] = [];
  for (let i = 0; i < CLIENTS; i++) {
    const client = await openClient(server.port(), get("/a.txt"));
    await client.arrival(/served/);
    clients.push(client);
  }
  await inErrorLog(server, /worker_connections are not enough, reusing connections/);
  for (const client of clients) client.socket.destroy();
  await waitUntil("a request to be served", async () => (await server.exchange(get("/a.txt"))).answers[0]?.status === 200 || undefined);
});

test("a worker whose clients are all busy sheds the rest, and recovers when they go", async () => {
  await using server = await startForegate({ conf, node: limitedNode(), files: { "www/a.txt": "served\n" } });
  server.claim(/worker_connections are not enough$|Too many open files/);
  const clients: ClientSocket[] = [];
  for (let i = 0; i < CLIENTS; i++) {
    // Answered with 100, a client has yet to send its content: it is not idle.
    const client = await openClient(server.port(), WAITING).catch(() => undefined);
    if (client === undefined || !(await client.arrival(/100 Continue/).then(isTrue, isFalse))) break;
    clients.push(client);
  }
  expect(clients.length).toBeGreaterThan(10);
  expect(clients.length).toBeLessThan(FILES_MAX);
  await inErrorLog(server, /\[alert\].* worker_connections are not enough/);
  for (const client of clients) client.socket.destroy();
  await waitUntil("a request to be served", async () => (await server.exchange(get("/a.txt"))).answers[0]?.status === 200 || undefined);
  expect((await server.exchange(get("/origin"))).answers[0]?.status).toBe(502);
});
