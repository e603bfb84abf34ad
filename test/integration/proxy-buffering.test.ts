/** `proxy_buffering`: answers on their way to clients that are slow, stop, or go away. */

import { connect, type Socket } from "node:net";
import { afterAll, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

const PIECE_BYTES = 4000;
const clients = new Set<Socket>();
afterAll(() => {
  for (const client of clients) client.destroy();
});

const confFor = (port: number): string => `
http {
  send_timeout 3s;
  server {
    listen 127.0.0.1:%%PORT%%;
    location / { proxy_pass http://127.0.0.1:${port}; }
    location /unbuffered { proxy_pass http://127.0.0.1:${port}; proxy_buffering off; }
    location /memory { proxy_pass http://127.0.0.1:${port}; proxy_max_temp_file_size 0; }
    location /ignored { proxy_pass http://127.0.0.1:${port}; proxy_buffering off; proxy_ignore_client_abort on; proxy_read_timeout 1s; }
    location /compressed { proxy_pass http://127.0.0.1:${port}; gzip on; gzip_types *; }
  }
}`;

for (const path of ["/", "/unbuffered", "/memory", "/compressed"]) {
  test(`an answer in small pieces reaches a client that stops reading for a while, under ${path}`, async () => {
    const total = 24 * 1000 * 1000;
    await using origin = await startStreamingOrigin(total);
    await using server = await startForegate({ conf: confFor(origin.port) });
    const client = openClient(server.port(), get(path));
    client.pause();
    await new Promise((resolve) => setTimeout(resolve, 700));
    const seen = readPattern(client);
    client.resume();
    await waitUntil("all of the answer", () => (seen.bytes >= total ? true : undefined), 12_000);
    expect(seen.broken).toBe(-1);
  });
}

test("proxy_ignore_client_abort reads an answer to its end after its slow client went away", async () => {
  const total = 40 * 1000 * 1000;
  await using origin = await startStreamingOrigin(total);
  await using server = await startForegate({ conf: confFor(origin.port) });
  const client = openClient(server.port(), get("/ignored"));
  client.pause();
  await new Promise((resolve) => setTimeout(resolve, 300));
  client.resetAndDestroy();
  await waitUntil("the upstream's connection to be free of its answer", () => (origin.finished() ? true : undefined), 8000);
});

test("an upstream is left as soon as the client that it streams to closes its side", async () => {
  await using origin = await startScriptedServer((socket) => socket.write("HTTP/1.1 200 OK\r\n\r\nfirst"));
  await using server = await startForegate({ conf: confFor(origin.port) });
  const client = openClient(server.port(), get("/unbuffered"));
  await new Promise((resolve) => client.once("data", resolve));
  client.end();
  await waitUntil("the upstream connection to close", () => (origin.open === 0 ? true : undefined), 2000);
});

test("answers over one kept connection do not read into memory that a slow client still waits for", async () => {
  const total = 16 * 1000 * 1000;
  await using origin = await startStreamingOrigin(total);
  await using server = await startForegate({ conf: confFor(origin.port) });
  const open = async (): Promise<Socket> => {
    const served = server.accessLog().length;
    const client = openClient(server.port(), get("/"));
    client.pause();
    await waitUntil("the origin to be done with the answer", () => (origin.finished() ? true : undefined));
    expect(server.accessLog().length).toBe(served);
    return client;
  };
  const first = await open();
  const second = await open();
  expect(origin.received).toHaveLength(1);
  const seenByFirst = readPattern(first);
  first.resume();
  await waitUntil("the first answer", () => (seenByFirst.bytes >= total ? true : undefined));
  const third = await open();
  const [seenBySecond, seenByThird] = [readPattern(second), readPattern(third)];
  third.resume();
  await waitUntil("the third answer", () => (seenByThird.bytes >= total ? true : undefined));
  second.resume();
  await waitUntil("the second answer", () => (seenBySecond.bytes >= total ? true : undefined));
  expect([seenByFirst.broken, seenBySecond.broken, seenByThird.broken]).toEqual([-1, -1, -1]);
});

interface Seen {
  bytes: number;
  /** Offset of the first octet that is not the pattern's; -1: none. */
  broken: number;
}

/** Reads a counted body and holds it against the pattern. */
function readPattern(client: Socket): Seen {
  const seen: Seen = { bytes: 0, broken: -1 };
  let head: string | undefined = "";
  client.on("data", (chunk) => {
    let body = chunk;
    if (head !== undefined) {
      head += chunk.toString("latin1");
      const end = head.indexOf("\r\n\r\n");
      if (end === -1) return;
      body = Buffer.from(head.slice(end + 4), "latin1");
      head = undefined;
    }
    for (let i = 0; i < body.length && seen.broken === -1; i++) if (body[i] !== (seen.bytes + i) % 251) seen.broken = seen.bytes + i;
    seen.bytes += body.length;
  });
  return seen;
}

function openClient(port: number, head: string): Socket {
  const client = connect({ host: "127.0.0.1", port });
  clients.add(client);
  client.on("error", () => client.destroy());
  client.write(head);
  return client;
}

/** Answers with `total` octets of a pattern in small pieces, as fast as they are taken. */
async function startStreamingOrigin(total: number): Promise<ScriptedServer & { finished(): boolean }> {
  let isFinished = false;
  const pattern = Buffer.from(Array.from({ length: 251 * 40 }, (_, index) => index % 251));
  const origin = await startScriptedServer((socket) => {
    isFinished = false;
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/x\r\nContent-Length: ${total}\r\n\r\n`);
    let sent = 0;
    const send = (): void => {
      while (sent < total && !socket.destroyed) {
        const piece = pattern.subarray(sent % 251, (sent % 251) + Math.min(PIECE_BYTES, total - sent));
        sent += piece.length;
        if (!socket.write(piece)) {
          socket.once("drain", send);
          return;
        }
      }
      socket.write("", () => {
        isFinished = true;
      });
    };
    send();
  });
  return Object.assign(origin, { finished: () => isFinished });
}
