/** Readers that stop for a while and go on: whatever the size of the pieces, nothing is lost and nothing waits for ever. */

import type { Socket } from "node:net";
import { afterAll, beforeAll, test } from "vitest";
import { get, request } from "../differential/requests.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openClient } from "./client-socket.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    location / { proxy_buffering off; proxy_request_buffering off; client_max_body_size 0; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /buffered/ { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
  }
}`;

const BYTES = 24 << 20;
/** Below and above what a socket of Node takes before it asks to wait. */
const PIECES = [1000, 5000, 20_000, 100_000];

let origin: ScriptedServer;
let server: RunningServer;
let pausedSocket: Socket | undefined;

beforeAll(async () => {
  origin = await startScriptedServer((socket, text) => {
    const size = Number(/\/download\/(\d+)/.exec(text)?.[1] ?? 0);
    if (text.startsWith("POST /upload ")) pausedSocket = socket.pause();
    if (size === 0) return;
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${BYTES}\r\n\r\n`);
    let sent = 0;
    const piece = Buffer.alloc(size, "x");
    const pump = (): void => {
      if (sent >= BYTES || socket.destroyed) return;
      const part = piece.subarray(0, BYTES - sent);
      sent += part.length;
      // One piece at a time, so that they arrive one at a time.
      socket.write(part, () => setImmediate(pump));
    };
    pump();
  });
  server = await startForegate({ conf, values: { ORIGIN: origin.port } });
});
afterAll(() => origin.stop());

test.each(PIECES.flatMap((size) => [`/download/${size}`, `/buffered/download/${size}`]))(
  "a client that reads late gets all of %s",
  async (target) => {
    const client = await openClient(server.port(), get(target), "holds");
    let received = 0;
    client.socket.on("data", (chunk) => {
      received += chunk.length;
    });
    client.socket.pause();
    await stalls(() => client.socket.bytesRead);
    client.socket.resume();
    await waitUntil("the whole answer", () => received > BYTES || undefined, 8000);
    client.socket.destroy();
  },
);

test.each(PIECES)("an upstream that reads late gets all of a body that comes in pieces of %i bytes", async (size) => {
  const client = await openClient(server.port(), request("POST", "/upload", `Content-Length: ${BYTES}`));
  let sent = 0;
  const piece = Buffer.alloc(size, "x");
  const pump = (): void => {
    if (sent >= BYTES) return;
    const part = piece.subarray(0, BYTES - sent);
    sent += part.length;
    client.socket.write(part, () => setImmediate(pump));
  };
  pump();
  const upstream = await waitUntil("the upload's connection", () => pausedSocket);
  pausedSocket = undefined;
  await stalls(() => sent);
  upstream.resume();
  await waitUntil("the whole body", () => upstream.bytesRead > BYTES || undefined, 8000);
  upstream.destroy();
  client.socket.destroy();
});

/** Resolves when what `count` gives has not changed for a while. */
async function stalls(count: () => number): Promise<void> {
  let last = -1;
  let sameSince = performance.now();
  await waitUntil("a standstill", () => {
    if (count() !== last) sameSince = performance.now();
    last = count();
    return performance.now() - sameSince > 150 || undefined;
  });
}
