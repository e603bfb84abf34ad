/** worker_connections: a worker takes no more, and makes room where a client only waits. */

import { expect, test } from "vitest";
import { get, request } from "../differential/requests.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
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

test("connections to upstreams count: a request that needs one too many is answered 500, after idle clients have made room", async () => {
  await using origin = await startScriptedServer(() => undefined);
  await using server = await startForegate({ conf, values: { ORIGIN: origin.port } });
  server.claim(/5 worker_connections are not enough while connecting to upstream/);
  const idle = await openClient(server.port(), get("/"));
  await idle.arrival(/served/);
  // With two upstream connections that never answer, the second of which takes the idle client's place.
  const busy = [await openClient(server.port(), get("/post"))];
  await waitUntil("the first connection", () => origin.open === 1 || undefined);
  busy.push(await openClient(server.port(), get("/post")));
  await waitUntil("the second connection", () => origin.open === 2 || undefined);
  await idle.closed;
  for (const client of busy.splice(1)) client.socket.destroy();
  await waitUntil("one connection", () => origin.open === 1 || undefined);
  const [last, refused] = [await openClient(server.port(), get("/")), await openClient(server.port(), UNFINISHED)];
  await last.arrival(/served/);
  await refused.arrival(/100 Continue/);
  last.socket.write(UNFINISHED);
  await last.arrival(/100 Continue/);
  refused.socket.write("x");
  await refused.arrival(/500 Internal Server Error/);
  await inErrorLog(server, /\[alert\].* 5 worker_connections are not enough while connecting to upstream, client: /);
  for (const client of [...busy, last, refused]) client.socket.destroy();
});

test("worker_connections refuses a client when all others are being served, and takes the next one when one has gone", async () => {
  await using server = await startForegate({ conf, values: { ORIGIN: 1 } });
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
  busy[0]?.socket.destroy();
  // The server may hear of the new client before it hears that the other one has gone.
  await waitUntil("the next client", async () => (await server.exchange(get("/"))).answers[0]?.status === 200 || undefined);
  for (const client of busy) client.socket.destroy();
});
