/** However a request to an upstream ends, its connection is counted no longer: few connections are enough for any number of requests. */

import { expect, test } from "vitest";
import { get, request } from "../differential/requests.ts";
import { startOrigin } from "../harness/origin.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openClient } from "./client-socket.ts";

/** Two listening sockets' worth, a client, and few more. */
const conf = `
events { worker_connections 8; }
http {
  upstream kept { server 127.0.0.1:%%ORIGIN%%; keepalive 2; }
  upstream dead { server 127.0.0.1:1; server 127.0.0.1:%%ORIGIN%%; }
  server {
    listen 127.0.0.1:%%PORT%%;
    proxy_read_timeout 50ms;
    location / { proxy_pass http://kept; }
    location /dead { proxy_pass http://dead; }
    location /closed { proxy_pass http://127.0.0.1:1; }
    location /variable { proxy_pass http://127.0.0.1:$arg_port; }
    location /unbuffered { proxy_buffering off; proxy_pass http://kept; }
  }
}`;

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

test("every connection to an upstream is given back", { timeout: 60_000 }, async () => {
  await using origin = await startOrigin(({ target }) => {
    if (target.includes("silent")) return { parts: [] };
    if (target.includes("reset")) return { parts: ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"], ending: "reset" };
    if (target.includes("until-close")) return { parts: ["HTTP/1.1 200 OK\r\n\r\nok"], ending: "close" };
    if (target.includes("surplus")) return `${OK}more`;
    if (target.includes("bad")) return "no answer\r\n\r\n";
    if (target.includes("101")) return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n";
    return OK;
  });
  await using server = await startForegate({ conf, values: { ORIGIN: origin.port } });
  const targets = ["", "silent", "reset", "until-close", "surplus", "bad", "101"].flatMap((how) => [`/${how}`, `/unbuffered?${how}`]);
  for (let round = 0; round < 6; round++) {
    for (const target of [...targets, "/dead", "/closed", `/variable?port=${origin.port}`, "/variable?port=1"])
      await server.exchange(get(target));
    // A client that goes away, before and within its answer.
    for (const target of ["/silent", "/unbuffered?silent"]) {
      const client = await openClient(server.port(), get(target));
      client.socket.destroy();
    }
    const upgraded = await openClient(server.port(), request("GET", "/101", "Upgrade: x", "Connection: upgrade"));
    await upgraded.arrival(/101 Switching/);
    upgraded.socket.destroy();
  }
  await waitUntil("an answer", async () => (await server.exchange(get("/"))).answers[0]?.status === 200 || undefined);
  expect(server.errorLog()).not.toMatch(/worker_connections are not enough while/);
});
