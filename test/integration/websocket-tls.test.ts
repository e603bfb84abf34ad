/** WebSockets over TLS on both sides: the client's wss, and an upstream that is another TLS listener. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Agent, WebSocket } from "undici";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openFiles } from "./process-state.ts";
import type { ScriptedServer } from "./scripted-server.ts";
import { startWebSocketOrigin } from "./websocket-origin.ts";

const { server: pair, ca } = temporaryCertificates();
const MESSAGES = 12;
const MESSAGE_BYTES = 700_000;

const conf = `
http {
  ssl_certificate ${pair.certificate};
  ssl_certificate_key ${pair.key};
  log_format own "$status $request_completion";
  access_log %%DIR%%/logs/access.log own;
  server { listen 127.0.0.1:%%PORT%% ssl; http2 on; location / { proxy_pass https://127.0.0.1:%%PORT_INNER%%; } }
  server { listen 127.0.0.1:%%PORT_INNER%% ssl; location / { proxy_pass http://127.0.0.1:%%ORIGIN%%; } }
}`;

let origin: ScriptedServer;
let server: RunningServer;

beforeAll(async () => {
  origin = await startWebSocketOrigin();
  server = await startForegate({ conf, values: { ORIGIN: origin.port } });
});
afterAll(() => origin.stop());

const digest = (bytes: Uint8Array): string => createHash("sha1").update(bytes).digest("hex");

test("big messages come back whole and in order, and all ends cleanly", async () => {
  const dispatcher = new Agent({ connect: { ca: readFileSync(ca.certificate) } });
  const filesBefore = openFiles(server.pid);
  const messages = Array.from({ length: MESSAGES }, (_, index) => Buffer.alloc(MESSAGE_BYTES, `message ${index} `));
  const heard: string[] = [];
  const ending = await new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://localhost:${server.port()}/`, { dispatcher });
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      for (const message of messages) socket.send(message);
    });
    socket.addEventListener("message", ({ data }) => {
      heard.push(digest(new Uint8Array(data as ArrayBuffer)));
      if (heard.length === MESSAGES) socket.close(1000);
    });
    socket.addEventListener("error", () => reject(new Error("the WebSocket failed")));
    socket.addEventListener("close", ({ code, wasClean }) => resolve({ code, wasClean }));
  });
  expect(heard).toEqual(messages.map(digest));
  expect(ending).toEqual({ code: 1000, wasClean: true });
  await dispatcher.close();
  await waitUntil("both log lines", () => /^(101 OK\n){2}$/.test(server.accessLog()) || undefined);
  await waitUntil("all sockets to close", () => (openFiles(server.pid) <= filesBefore && origin.open === 0) || undefined);
});
