/** HTTP/2 streams in great number, held up and cut: windows of nothing, reloads, resets in the middle of answers, large uploads. */

import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { askHttp2, openHttp2 } from "../harness/http2-client.ts";
import {
  ERROR_CODE,
  FLAG,
  FRAME_TYPE,
  type FrameClient,
  frame,
  get,
  headers,
  openFrameClient,
  post,
  reset,
  windowUpdate,
} from "../harness/http2-frames.ts";
import { requireOracle } from "../harness/oracle.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startUwsgi } from "../harness/start-uwsgi.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { inErrorLog } from "./await-log.ts";
import { peakMemoryMb, workerPid } from "./process-state.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

const MEGABYTE = 1_048_576;
const PEAK_MEMORY_MB = 160;
const INITIAL_WINDOW = 4;
/** Odd numbers from 1 on. */
const streamNumbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => 2 * index + 1);

function confFor(locations: string): string {
  return `http {
    http2 on; log_format short '$status $request'; client_max_body_size 0; keepalive_requests 10000;
    server { listen 127.0.0.1:%%PORT%%; access_log %%DIR%%/logs/access.log short; root %%DIR%%/www; ${locations} }
  }`;
}

/** Answers as many bytes as a path's number says, a piece at a time as they are taken; never anything to /held. */
function startLargeOrigin(): Promise<ScriptedServer> {
  return startScriptedServer((socket, text) => {
    const bytes = Number(/ \/proxied\/(\d+)/.exec(text)?.[1] ?? 0);
    if (bytes === 0) return;
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\nConnection: close\r\n\r\n`);
    const piece = Buffer.alloc(65_536, "x");
    let left = bytes;
    const pump = (): void => {
      if (socket.destroyed) return;
      if (left === 0) {
        socket.end();
        return;
      }
      const part = piece.subarray(0, left);
      left -= part.length;
      socket.write(part, pump);
    };
    pump();
  });
}

function dataBytes(client: FrameClient, stream: number): number {
  return client.frames
    .filter(({ type, stream: id }) => type === FRAME_TYPE.data && id === stream)
    .reduce((bytes, { payload }) => bytes + payload.length, 0);
}

describe("a client with windows of nothing", () => {
  test.each(["/file", `/proxied/${8 * MEGABYTE}`])(
    "holds sixty answers of %s in little memory, and gets what it asks for",
    async (path) => {
      await using origin = await startLargeOrigin();
      await using server = await startForegate({
        conf: confFor(`location /proxied/ { proxy_buffering off; proxy_pass http://127.0.0.1:${origin.port}; }`),
        files: { "www/file": Buffer.alloc(8 * MEGABYTE, "x") },
      });
      const client = openFrameClient(server.port(), [INITIAL_WINDOW, 0]);
      const streams = streamNumbers(60);
      client.send(windowUpdate(0, 64 * MEGABYTE), ...streams.map((stream) => headers(stream, get(path))));
      for (const id of streams) await client.arrival(({ type, stream }) => type === FRAME_TYPE.headers && stream === id);
      expect(client.frames.some(({ type }) => type === FRAME_TYPE.data)).toBe(false);
      client.send(...streams.map((stream) => windowUpdate(stream, 1000 + stream)));
      await waitUntil("the bytes asked for", () => streams.every((stream) => dataBytes(client, stream) >= 1000 + stream) || undefined);
      expect(streams.map((stream) => dataBytes(client, stream))).toEqual(streams.map((stream) => 1000 + stream));
      client.send(windowUpdate(1, 8 * MEGABYTE));
      await client.answered(1);
      expect(dataBytes(client, 1)).toBe(8 * MEGABYTE);
      expect(peakMemoryMb(workerPid(server.pid))).toBeLessThan(PEAK_MEMORY_MB);
      client.destroy();
      await waitUntil("the end of the upstream connections", () => origin.open === 0 || undefined);
    },
  );
});

describe("streams under way", () => {
  test.each(["SIGHUP", "SIGQUIT"] as const)("are all answered at %s, uploads too, behind GOAWAY", async (signal) => {
    const answers: (() => void)[] = [];
    await using origin = await startScriptedServer((socket, text) => {
      const isWhole = text.startsWith("GET ") || text.endsWith("second");
      if (isWhole) answers.push(() => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate"));
    });
    await using server = await startForegate({
      conf: confFor(
        `location / { proxy_request_buffering off; proxy_pass http://127.0.0.1:${origin.port}; } location /which { return 200 one; }`,
      ),
    });
    const client = openFrameClient(server.port());
    client.send(headers(1, get("/")), headers(3, get("/")), headers(5, post("/", ["content-length", "11"]), 0));
    client.send(frame(FRAME_TYPE.data, 0, 5, "first"));
    await waitUntil("the requests at the origin", () => (answers.length === 2 && origin.received.join().includes("first")) || undefined);
    const path = join(server.dir, "nginx.conf");
    writeFileSync(path, readFileSync(path, "latin1").replace("return 200 one", "return 200 two"));
    server.signal(signal);
    const { payload } = await client.arrival(({ type }) => type === FRAME_TYPE.goaway);
    expect(payload.readUInt32BE(4)).toBe(ERROR_CODE.none);
    client.send(frame(FRAME_TYPE.data, FLAG.endStream, 5, "second"));
    await waitUntil("the whole upload", () => answers.length === 3 || undefined);
    for (const answer of answers) answer();
    for (const stream of [1, 3, 5]) {
      await client.answered(stream);
      expect(dataBytes(client, stream)).toBe(4);
    }
    await client.closed;
    if (signal === "SIGQUIT") expect((await server.exit).code).toBe(0);
    else expect((await askHttp2(server.port(), { path: "/which" })).body).toBe("two");
  });
});

describe("resets by the client", () => {
  const COUNT = 100;

  test.each([
    ["before an answer", "/held", "499 GET /held HTTP/2.0"],
    ["in the middle of answers", `/proxied/${MEGABYTE}`, `200 GET /proxied/${MEGABYTE} HTTP/2.0`],
  ])("%s close what was asked upstream, and are all logged", async (when, path, line) => {
    await using origin = await startLargeOrigin();
    await using server = await startForegate({
      conf: confFor(`location / { proxy_buffering off; proxy_pass http://127.0.0.1:${origin.port}; }`),
    });
    const client = openFrameClient(server.port(), [INITIAL_WINDOW, 1000]);
    const streams = streamNumbers(COUNT);
    client.send(...streams.map((stream) => headers(stream, get(path))));
    await waitUntil(
      "the requests at the origin",
      () => origin.received.filter((text) => text.includes(path)).length === COUNT || undefined,
    );
    if (when !== "before an answer") {
      for (const id of streams.slice(0, 60)) await client.arrival(({ type, stream }) => type === FRAME_TYPE.data && stream === id);
      for (const id of streams) await client.arrival(({ type, stream }) => type === FRAME_TYPE.headers && stream === id);
    }
    client.send(...streams.map((stream) => reset(stream)));
    await waitUntil("the end of the upstream connections", () => origin.open === 0 || undefined);
    await waitUntil("the lines", () => server.accessLog().split("\n").length === COUNT + 1 || undefined);
    expect(new Set(server.accessLog().trim().split("\n"))).toEqual(new Set([line]));
    client.destroy();
  });

  test("too many end the connection, and leave nothing open upstream", async () => {
    await using origin = await startLargeOrigin();
    await using server = await startForegate({ conf: confFor(`location / { proxy_pass http://127.0.0.1:${origin.port}; }`) });
    const client = openFrameClient(server.port());
    for (const stream of streamNumbers(1000)) client.send(headers(stream, get("/held")), reset(stream));
    // What the client still sends may cost it the GOAWAY.
    await client.closed;
    await inErrorLog(server, /client reset too many streams/);
    await waitUntil("the end of the upstream connections", () => origin.open === 0 || undefined);
  });
});

requireOracle("uwsgi")("uploads over uwsgi", () => {
  const PIECE = randomBytes(MEGABYTE);
  const PIECES = 64;

  test.each(["", "uwsgi_request_buffering off;"])("are whole, in little memory: %j", async (setting) => {
    await using uwsgi = await startUwsgi({ app: "wsgi_echo.py" });
    await using server = await startForegate({ conf: confFor(`location / { ${setting} uwsgi_pass unix:${uwsgi.socketPath}; }`) });
    const session = openHttp2(server.port());
    const stream = session.request({ ":method": "POST", ":path": "/", "content-length": String(PIECES * PIECE.length) });
    const digest = createHash("sha256");
    const pieces = function* (): Generator<Buffer> {
      for (let i = 0; i < PIECES; i++) {
        digest.update(PIECE);
        yield PIECE;
      }
    };
    Readable.from(pieces()).pipe(stream);
    await once(stream, "response");
    const { content } = JSON.parse((await stream.toArray()).join("")) as { readonly content: object };
    expect(content).toEqual({ length: PIECES * PIECE.length, sha256: digest.digest("hex") });
    expect(peakMemoryMb(workerPid(server.pid))).toBeLessThan(PEAK_MEMORY_MB);
    session.destroy();
  });
});
