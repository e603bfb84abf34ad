/** Clients that go away at any moment of any kind of answer or upload: nothing of theirs stays behind. */

import { connect } from "node:net";
import { expect, test } from "vitest";
import { get, request } from "../differential/requests.ts";
import { createRandom } from "../fuzz/hostile-requests.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openFiles, workerPid } from "./process-state.ts";
import { startScriptedServer } from "./scripted-server.ts";

const PEERS_CONNECTIONS = 64;
const BIG = Buffer.alloc(3 << 20, "big ");

const confFor = (port: number): string => `
http {
  client_max_body_size 0;
  client_body_buffer_size 16k;
  upstream origin { server 127.0.0.1:${port} max_conns=${PEERS_CONNECTIONS}; keepalive 4; }
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    location / { }
    location /gzip/ { alias %%DIR%%/www/; gzip on; gzip_types *; }
    location /buffered { proxy_pass http://origin; }
    location /unbuffered { proxy_pass http://origin; proxy_buffering off; }
    location /compressed { proxy_pass http://origin; gzip on; gzip_types *; }
    location /ignored { proxy_pass http://origin; proxy_ignore_client_abort on; }
    location /streamed { proxy_pass http://origin; proxy_request_buffering off; }
  }
}`;

const DOWNLOADS = ["/big", "/gzip/big", "/buffered", "/unbuffered", "/compressed", "/ignored"];
const UPLOADS = ["/buffered", "/streamed", "/ignored", "/big"];

test("clients that go away at random leave no file, no upstream connection and no counted peer behind", async () => {
  await using origin = await startScriptedServer((socket, text) => {
    if (!/^(?:GET|POST) /.test(text)) return;
    const length = /^GET /.test(text) ? BIG.length : 2;
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n`);
    socket.write(BIG.subarray(0, length));
  });
  await using server = await startForegate({ conf: confFor(origin.port), files: { "www/big": BIG } });
  await server.exchange(get("/buffered"), { timeoutMs: 10_000 });
  const before = openFiles(workerPid(server.pid));
  const random = createRandom(7);
  const abortOne = async (): Promise<void> => {
    const client = connect({ host: "127.0.0.1", port: server.port() });
    client.on("error", () => client.destroy());
    if (random.below(2) === 0)
      client.write(get(random.pick(DOWNLOADS), ...(random.below(3) === 0 ? ["Range: bytes=0-99,1000000-"] : []), "Accept-Encoding: gzip"));
    else client.write(`${request("POST", random.pick(UPLOADS), "Content-Length: 4000000")}${"x".repeat(random.below(200_000))}`);
    if (random.below(3) === 0) client.on("data", () => undefined);
    await new Promise((resolve) => setTimeout(resolve, random.below(60)));
    if (random.below(2) === 0) client.resetAndDestroy();
    else client.destroy();
  };
  await Promise.all(
    Array.from({ length: 24 }, async () => {
      for (let i = 0; i < 25; i++) await abortOne();
    }),
  );
  await waitUntil("the upstream connections to end", () => (origin.open <= 4 ? true : undefined));
  await waitUntil("the files to be closed", () => (openFiles(workerPid(server.pid)) <= before + 4 ? true : undefined));
  const answers = await Promise.all(
    Array.from({ length: PEERS_CONNECTIONS }, () => server.exchange(get("/unbuffered"), { timeoutMs: 15_000 })),
  );
  expect(new Set(answers.map((read) => read.answers[0]?.status))).toEqual(new Set([200]));
});
