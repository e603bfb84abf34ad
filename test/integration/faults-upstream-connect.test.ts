/** Upstreams that cannot be reached, speak the other protocol, or are one of several: what is tried, and what the log advises. */

import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { get, withContent } from "../differential/requests.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { canFillListenQueue, type FullListenQueue, fillListenQueue } from "./full-listen-queue.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

const conf = `
http {
  large_client_header_buffers 4 32k;
  proxy_connect_timeout 300ms;
  uwsgi_connect_timeout 300ms;
  proxy_read_timeout 1s;
  upstream second { server 127.0.0.1:%%RESETTING%% max_fails=0; server 127.0.0.1:%%ORIGIN%% backup; }
  upstream down { server 127.0.0.1:1; server 127.0.0.2:1; }
  upstream kept { server 127.0.0.1:%%FICKLE%% max_fails=0; keepalive 4; }
  server {
    listen 127.0.0.1:%%PORT%%;
    location /text { return 200 "text\\n"; }
    location /http/refused { proxy_pass http://127.0.0.1:1; }
    location /uwsgi/refused { uwsgi_pass 127.0.0.1:1; }
    location /http/missing { proxy_pass http://unix:%%SOCKETS%%/none.sock; }
    location /uwsgi/missing { uwsgi_pass unix:%%SOCKETS%%/none.sock; }
    location /http/file { proxy_pass http://unix:%%SOCKETS%%/file; }
    location /uwsgi/file { uwsgi_pass unix:%%SOCKETS%%/file; }
    location /http/denied { proxy_pass http://unix:%%SOCKETS%%/denied.sock; }
    location /uwsgi/denied { uwsgi_pass unix:%%SOCKETS%%/denied.sock; }
    location /http/queue { proxy_pass http://127.0.0.1:%%QUEUE%%; }
    location /uwsgi/queue { uwsgi_pass 127.0.0.1:%%QUEUE%%; }
    location /http/full { proxy_pass http://unix:%%SOCKETS%%/queue.sock; }
    location /uwsgi/full { uwsgi_pass unix:%%SOCKETS%%/queue.sock; }
    location /uwsgi/to-http { uwsgi_pass 127.0.0.1:%%HTTP_ONLY%%; }
    location /http/to-uwsgi { proxy_pass http://127.0.0.1:%%CLOSING%%; }
    location /uwsgi/closing { uwsgi_pass 127.0.0.1:%%CLOSING%%; }
    location /http/second { proxy_pass http://second; }
    location /uwsgi/second { uwsgi_pass second; }
    location /http/down { proxy_pass http://down; }
    location /uwsgi/down { uwsgi_pass down; }
    location /http/kept { proxy_pass http://kept; }
  }
}`;

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n";

let server: RunningServer;
let sockets = "";
let queue: FullListenQueue | undefined;
let fickle: ScriptedServer;
const upstreams: ScriptedServer[] = [];

beforeAll(async () => {
  sockets = createPrefix({ file: "not a socket" });
  queue = canFillListenQueue() ? await fillListenQueue(join(sockets, "queue.sock")) : undefined;
  const origin = await startScriptedServer((socket) => socket.end(ANSWER));
  const resetting = await startScriptedServer((socket) => socket.resetAndDestroy());
  const closing = await startScriptedServer((socket) => socket.end());
  const httpOnly = await startScriptedServer((socket) => {
    socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  // Answers once on each connection and closes it as the second request comes in.
  fickle = await startScriptedServer((socket) => {
    if (socket.bytesWritten === 0) socket.write(ANSWER);
    else socket.destroy();
  });
  const denied = await startScriptedServer((socket) => socket.end(ANSWER), join(sockets, "denied.sock"));
  chmodSync(join(sockets, "denied.sock"), 0);
  upstreams.push(origin, resetting, closing, httpOnly, fickle, denied);
  const ports = { ORIGIN: origin.port, RESETTING: resetting.port, CLOSING: closing.port, HTTP_ONLY: httpOnly.port, FICKLE: fickle.port };
  server = await startForegate({ conf, values: { ...ports, SOCKETS: sockets, QUEUE: queue?.port ?? 1 } });
});
afterAll(async () => {
  queue?.stop();
  for (const upstream of upstreams) await upstream.stop();
  removePrefix(sockets);
});

const PROTOCOLS = ["http", "uwsgi"] as const;

test.each(PROTOCOLS)("%s: nobody listens", async (protocol) => {
  const { status, log } = await ask(get(`/${protocol}/refused`), "111: Connection refused");
  expect(status).toBe(502);
  expect(log).toMatch(/\[error\].*while connecting to upstream.*cause: connect_refused, remedy: "nothing listens at that address/);
});

test.each(PROTOCOLS)("%s: the unix socket does not exist", async (protocol) => {
  server.claim(/none\.sock failed \(2: No such file or directory\)/);
  const { status, log } = await ask(get(`/${protocol}/missing`), "none.sock failed");
  expect(status).toBe(502);
  expect(log).toMatch(/while connecting to upstream.*cause: socket_missing, remedy: "the unix socket does not exist/);
});

test.each(PROTOCOLS)("%s: the unix socket is a file", async (protocol) => {
  const { status, log } = await ask(get(`/${protocol}/file`), "111: Connection refused");
  expect(status).toBe(502);
  expect(log).toMatch(/cause: connect_refused/);
});

// Root may do everything.
test.runIf(process.geteuid?.() !== 0).each(PROTOCOLS)("%s: the unix socket is not ours to write to", async (protocol) => {
  server.claim(/denied\.sock failed \(13: Permission denied\)/);
  const { status, log } = await ask(get(`/${protocol}/denied`), "denied.sock failed");
  expect(status).toBe(502);
  expect(log).toMatch(/cause: socket_denied, remedy: ".*mode 0000; this process runs as uid \d+: change the socket's owner or mode/);
});

test.runIf(canFillListenQueue()).each(PROTOCOLS)("%s: the listen queue is full", async (protocol) => {
  const { status, log } = await ask(get(`/${protocol}/queue`), "timed out");
  expect(status).toBe(504);
  expect(log).toMatch(/110: Connection timed out\) while connecting to upstream.*cause: connect_timeout, remedy: ".*listen queue/);
});

test.runIf(canFillListenQueue()).each(PROTOCOLS)("%s: the unix socket's listen queue is full", async (protocol) => {
  const { status, log } = await ask(get(`/${protocol}/full`), "queue.sock failed");
  expect(status).toBe(502);
  expect(log).toMatch(/11: Resource temporarily unavailable\) while connecting.*cause: listen_queue_full, remedy: ".*longer listen queue/);
});

test("uwsgi: the upstream speaks HTTP", async () => {
  const { status, log } = await ask(get("/uwsgi/to-http"), "uwsgi packet");
  expect(status).toBe(400);
  expect(log).toMatch(/\[warn\].*use proxy_pass/);
});

test("http: the upstream may be a uwsgi socket", async () => {
  const { status, log } = await ask(get("/http/to-uwsgi"), "prematurely closed");
  expect(status).toBe(502);
  expect(log).toMatch(/cause: closed_without_answer, remedy: ".*use uwsgi_pass"/);
});

test("uwsgi: a packet past uWSGI's buffer-size is closed without an answer", async () => {
  const { status, log } = await ask(get("/uwsgi/closing", `X-Long: ${"x".repeat(5000)}`), "prematurely closed");
  expect(status).toBe(502);
  expect(log).toMatch(
    /cause: packet_over_buffer_size, remedy: "uWSGI's default buffer-size is 4096; this request's vars are 5\d{3} bytes; set buffer-size"/,
  );
});

test("uwsgi: vars past 65535 bytes are refused and never sent", async () => {
  const before = upstreams[2]?.received.length;
  // A level that nginx gives it too: the application's settings are at fault, and no retry mends it.
  server.claim(/uwsgi request is too big/);
  const fields = Array.from({ length: 3 }, (_, index) => `X-${index}: ${"x".repeat(30_000)}`);
  const { status, log } = await ask(get("/uwsgi/closing", ...fields), "too big");
  expect(status).toBe(500);
  expect(log).toMatch(/\[alert\].*uwsgi request is too big: 9\d{4}/);
  expect(upstreams[2]?.received.length).toBe(before);
});

test.each(PROTOCOLS)("%s: the next server gets a GET that the first one reset", async (protocol) => {
  const { status, log } = await ask(get(`/${protocol}/second`), "reset by peer");
  expect(status).toBe(200);
  expect(log).toMatch(/104: Connection reset by peer/);
});

test.each(PROTOCOLS)("%s: no other server gets a POST that the first one may have done", async (protocol) => {
  const { status } = await ask(withContent("POST", `/${protocol}/second`, "x"), "reset by peer");
  expect(status).toBe(502);
});

test("a group whose servers all failed is not asked again", async () => {
  expect((await ask(get("/http/down"), "127.0.0.2:1/")).status).toBe(502);
  for (const protocol of PROTOCOLS) {
    const { status, log } = await ask(get(`/${protocol}/down`), "no live upstreams");
    expect(status).toBe(502);
    expect(log).toMatch(/no live upstreams while connecting to upstream.*cause: no_live_peers, remedy: ".+"/);
  }
});

test("a kept connection that the upstream closes as it is used again costs the client nothing", async () => {
  expect((await ask(get("/http/kept"))).status).toBe(200);
  const connections = fickle.received.length;
  expect((await ask(get("/http/kept"))).status).toBe(200);
  expect(fickle.received.length).toBe(connections + 1);
});

test("a POST on a kept connection that the upstream closes is not sent twice", async () => {
  expect((await ask(get("/http/kept"))).status).toBe(200);
  const connections = fickle.received.length;
  expect((await ask(withContent("POST", "/http/kept", "x"), "prematurely closed")).status).toBe(502);
  expect(fickle.received.length).toBe(connections);
});

/** The answer's status, and the line of the error log that holds `word`, once it is there. */
async function ask(request: string, word = ""): Promise<{ status: number | undefined; log: string }> {
  const offset = server.errorLog().length;
  const { answers } = await server.exchange(request);
  const find = (): string | undefined =>
    server
      .errorLog()
      .slice(offset)
      .split("\n")
      .find((line) => line.includes(word));
  const log = await waitUntil(`"${word}" in the error log`, find, 3000);
  const again = await server.exchange(get("/text"));
  expect(again.answers[0]?.body).toBe("text\n");
  return { status: answers[0]?.status, log };
}
