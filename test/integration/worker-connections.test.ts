/** worker_connections: a worker takes no more, and makes room where a client only waits. */

import { expect, test } from "vitest";
import { get, request } from "../differential/requests.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { inErrorLog } from "./await-log.ts";
import { openClient } from "./client-socket.ts";
import { startScriptedServer } from "./scripted-server.ts";

/** One of the five is the listening socket's. */
const conf = `
events { worker_connections 5; }
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    location / { return 200 "served\\n"; }
    location /post { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
  }
}`;

const CLIENTS_MAX = 4;
const UNFINISHED = request("POST", "/post", "Expect: 100-continue", "Content-Length: 1");

test("worker_connections closes an idle connection for a new client, the oldest first", async () => {
  await using server = await startForegate({ conf, values: { ORIGIN: 1 } });
  const idle = [];
  for (let i = 0; i < CLIENTS_MAX; i++) {
    const client = await openClient(server.port(), get("/"));
    await client.arrival(/served/);
    idle.push(client);
  }
  const late = await openClient(server.port(), get("/"));
  await late.arrival(/served/);
  await idle[0]?.closed;
  await inErrorLog(server, /\[warn\].* 5 worker_connections are not enough, reusing connections/);
  // The others are as they were.
  idle[1]?.socket.write(get("/"));
  await idle[1]?.arrival(/served[\s\S]*served/);
  for (const client of [...idle, late]) client.socket.destroy();
});

test("worker_connections refuses a client when all others are being served, and takes the next one when one has gone", async () => {
  await using origin = await startScriptedServer((socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nposted\n"));
  await using server = await startForegate({ conf, values: { ORIGIN: origin.port } });
  server.claim(/5 worker_connections are not enough$/);
  const busy = [];
  for (let i = 0; i < CLIENTS_MAX; i++) {
    const client = await openClient(server.port(), get("/"));
    await client.arrival(/served/);
    // Its answer to this one waits for the rest of the body: it is not idle.
    client.socket.write(UNFINISHED);
    await client.arrival(/100 Continue/);
    busy.push(client);
  }
  const refused = await server.exchange(get("/"));
  expect(refused.raw).toBe("");
  await inErrorLog(server, /\[alert\].* 5 worker_connections are not enough$/m);
  busy[0]?.socket.write("x");
  await busy[0]?.arrival(/posted/);
  const next = await openClient(server.port(), get("/"));
  await next.arrival(/served/);
  for (const client of [...busy, next]) client.socket.destroy();
});
