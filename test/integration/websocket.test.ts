/** WebSockets through proxy_pass without a word about them in the configuration, by an independent client (undici) and by raw frames. */

import { createHash } from "node:crypto";
import { WebSocket } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openClient } from "./client-socket.ts";
import type { ScriptedServer } from "./scripted-server.ts";
import { encodeFrame, handshake, opcode, openWebSocket } from "./websocket-client.ts";
import { startWebSocketOrigin } from "./websocket-origin.ts";

const ORIGIN = "http://127.0.0.1:%%ORIGIN%%";

const conf = `
http {
  log_format own "$status $uri $upstream_status $request_completion";
  access_log %%DIR%%/logs/access.log own;
  map $http_upgrade $connection_upgrade { default upgrade; "" close; }
  server { listen 127.0.0.1:%%PORT%%;
    location / { proxy_pass ${ORIGIN}; }
    location /classic { proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; proxy_pass ${ORIGIN}; }
    location /literal { proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_set_header Host $host; proxy_pass ${ORIGIN}; }
    location /dressed { proxy_buffering on; gzip on; gzip_types *; add_header X-Seen yes always; add_header X-Unseen yes; expires 1h; proxy_pass ${ORIGIN}; }
    location /unbuffered { proxy_buffering off; proxy_request_buffering off; proxy_pass ${ORIGIN}; }
    location /old { proxy_http_version 1.0; proxy_pass ${ORIGIN}; }
    location /off { proxy_pass_upgrade off; proxy_pass ${ORIGIN}; }
    location /denied { deny all; proxy_pass ${ORIGIN}; }
    location /paged { error_page 403 = @page; proxy_intercept_errors on; proxy_pass ${ORIGIN}/no; }
    location @page { return 418 "page\\n"; }
  }
}`;

let origin: ScriptedServer;
let server: RunningServer;

beforeAll(async () => {
  origin = await startWebSocketOrigin();
  server = await startForegate({ conf, values: { ORIGIN: origin.port } });
});
afterAll(() => origin.stop());

/** Long binary messages are slow to compare by their bytes. */
const binary = (message: Uint8Array): object => ({ binary: message.length, sha1: createHash("sha1").update(message).digest("hex") });

/** Sends every message with undici's client and resolves with the echoes, and how it was closed. */
function echoes(target: string, messages: readonly (string | Uint8Array)[]): Promise<{ heard: unknown[]; code: number; clean: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port()}${target}`);
    socket.binaryType = "arraybuffer";
    const heard: unknown[] = [];
    socket.addEventListener("open", () => {
      for (const message of messages) socket.send(message);
    });
    socket.addEventListener("message", ({ data }) => {
      heard.push(typeof data === "string" ? data : binary(new Uint8Array(data as ArrayBuffer)));
      if (heard.length === messages.length) socket.close(1000, "done");
    });
    socket.addEventListener("error", () => reject(new Error(`${target} failed`)));
    socket.addEventListener("close", ({ code, wasClean }) => resolve({ heard, code, clean: wasClean }));
  });
}

test.each(["/", "/classic", "/literal", "/dressed", "/unbuffered"])("undici talks through %s and both close cleanly", async (target) => {
  const messages = ["text", "", "gr\u00fc\u00df dich", new Uint8Array([0, 1, 255]), "x".repeat(70_000), new Uint8Array(1_000_000).fill(7)];
  expect(await echoes(target, messages)).toEqual({
    heard: messages.map((message) => (typeof message === "string" ? message : binary(message))),
    code: 1000,
    clean: true,
  });
  await waitUntil("the log line", () => server.accessLog().includes(`101 ${target} 101 OK\n`) || undefined);
});

test("fragments, pings between them and closes pass frame by frame", async () => {
  const client = await openWebSocket(server.port(), "/");
  const sent: readonly [number, string, boolean][] = [
    [opcode.text, "one ", false],
    [opcode.ping, "between", true],
    [opcode.continuation, "two", true],
    [opcode.close, "\x03\xe8bye", true],
  ];
  for (const [code, payload, isFinal] of sent) client.send(code, Buffer.from(payload, "latin1"), isFinal);
  for (const [code, payload, isFinal] of sent) {
    const frame = await client.next();
    expect([frame.opcode, frame.payload.toString("latin1"), frame.isFinal]).toEqual([
      code === opcode.ping ? opcode.pong : code,
      payload,
      isFinal,
    ]);
  }
  expect(await client.closed).toEqual({ error: "" });
});

test("frames sent together with the handshake arrive behind it", async () => {
  const frame = encodeFrame(opcode.text, Buffer.from("early"), "client");
  const client = await openClient(server.port(), handshake("/") + frame.toString("latin1"));
  await client.arrival(/\r\n\r\n\x81\x05early$/);
  client.socket.destroy();
});

test("forty talk at once, while others ask for pages", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `client ${index}`);
  const talks = names.map((name) =>
    echoes(
      "/",
      Array.from({ length: 25 }, (_, index) => `${name}.${index}`),
    ),
  );
  const pages = names.map(() => server.exchange("GET /denied HTTP/1.1\r\nHost: x\r\n\r\n"));
  expect((await Promise.all(talks)).every(({ code }) => code === 1000)).toBe(true);
  expect((await Promise.all(talks)).map(({ heard }) => heard)).toEqual(
    names.map((name) => Array.from({ length: 25 }, (_, index) => `${name}.${index}`)),
  );
  expect((await Promise.all(pages)).every(({ answers }) => answers[0]?.status === 403)).toBe(true);
});

test("the 101 has the fields that always stand, and no length, range or coding", async () => {
  const { head, socket } = await openWebSocket(server.port(), "/dressed");
  expect(head).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\nServer: foregate[^\r]*\r\nDate: [^\r]+\r\nConnection: upgrade\r\n/);
  expect(head).toMatch(/\r\nUpgrade: websocket\r\n/);
  expect(head).toMatch(/\r\nX-Seen: yes\r\n/);
  expect(head).not.toMatch(/X-Unseen|Content-|Transfer-|Expires|Cache-Control|Accept-Ranges|Vary/);
  socket.destroy();
});

test.each([
  ["proxy_http_version 1.0", "/old"],
  ["proxy_pass_upgrade off", "/off"],
])("%s passes no upgrade on", async (_name, target) => {
  const requests = origin.received.length;
  await expect(openWebSocket(server.port(), target)).rejects.toThrow("HTTP/1.1 403 Forbidden");
  expect(origin.received[requests]).not.toMatch(/upgrade/i);
});

test("access rules and error pages hold for handshakes", async () => {
  const requests = origin.received.length;
  await expect(openWebSocket(server.port(), "/denied")).rejects.toThrow("HTTP/1.1 403 Forbidden");
  expect(origin.received.length).toBe(requests);
  await expect(openWebSocket(server.port(), "/paged")).rejects.toThrow("HTTP/1.1 418");
});
