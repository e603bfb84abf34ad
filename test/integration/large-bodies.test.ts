/** A hundred megabytes each way through every kind of upstream and from a file: whole, and in bounded memory. */

import { createHash, type Hash, randomBytes } from "node:crypto";
import { appendFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request as openRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { type RunningUwsgi, startUwsgi } from "../harness/start-uwsgi.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openFiles, peakMemoryMb, workerPid } from "./process-state.ts";

const PIECE = randomBytes(1 << 20);
const PIECES = 100;
const BYTES = PIECES * PIECE.length;
const PEAK_MEMORY_MB = 150;

const conf = `
http {
  client_max_body_size 200m;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    location /text { return 200 "text\\n"; }
    location /http/ { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /http/unbuffered/ { proxy_buffering off; proxy_request_buffering off; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /uwsgi/ { uwsgi_pass unix:%%UWSGI%%; }
    location /uwsgi/unbuffered/ { uwsgi_buffering off; uwsgi_request_buffering off; uwsgi_pass unix:%%UWSGI%%; }
  }
}`;

/** Of what is sent by us and by the origin. */
const DIGEST = Array.from({ length: PIECES })
  .reduce<Hash>((hash) => hash.update(PIECE), createHash("sha256"))
  .digest("hex");
/** Of what the application's /download is made of. */
const APPLICATION_DIGEST = createHash("sha256")
  .update("0123456789abcdef".repeat(BYTES / 16))
  .digest("hex");

requireOracle("uwsgi")("a hundred megabytes", () => {
  let uwsgi: RunningUwsgi;
  let origin: Server;
  let server: RunningServer;
  let filesAtStart = 0;

  beforeAll(async () => {
    uwsgi = await startUwsgi({ app: "wsgi_echo.py" });
    origin = createServer(async (request, response) => {
      if (request.method === "GET") {
        response.writeHead(200, { "Content-Length": BYTES });
        await pipeline(pieces(), response).catch(() => response.destroy());
      } else {
        response.end(await digestOf(request));
      }
    });
    await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
    server = await startForegate({
      conf,
      values: { ORIGIN: (origin.address() as AddressInfo).port, UWSGI: uwsgi.socketPath },
      files: { "www/": "" },
    });
    const path = join(server.dir, "www/big.bin");
    writeFileSync(path, "");
    for (const piece of pieces()) appendFileSync(path, piece);
    await ask("GET", "/text");
    filesAtStart = openFiles(workerPid(server.pid));
  });
  afterEach(async () => {
    expect(peakMemoryMb(workerPid(server.pid))).toBeLessThan(PEAK_MEMORY_MB);
    // One idle connection to the origin may be kept.
    await waitUntil("the files to be closed", () => openFiles(workerPid(server.pid)) <= filesAtStart + 1 || undefined);
  });
  afterAll(async () => {
    origin.closeAllConnections();
    origin.close();
    await uwsgi.stop();
  });

  test.each(["/http/", "/http/unbuffered/"])("reach an origin and come back: %s", async (target) => {
    expect(await textOf(await ask("POST", target, BYTES))).toBe(DIGEST);
    expect(await digestOf(await ask("GET", target))).toBe(DIGEST);
  });

  test.each(["/http/", "/http/unbuffered/"])("reach an origin in chunks: %s", async (target) => {
    expect(await textOf(await ask("POST", target, "chunked"))).toBe(DIGEST);
  });

  test.each(["/uwsgi/", "/uwsgi/unbuffered/"])("reach an application and come back: %s", async (target) => {
    const shown = JSON.parse(await textOf(await ask("POST", `${target}echo`, BYTES)));
    expect(shown.content).toEqual({ length: BYTES, sha256: DIGEST });
    expect(await digestOf(await ask("GET", `${target}download`))).toBe(APPLICATION_DIGEST);
  });

  test("come from a file", async () => {
    expect(await digestOf(await ask("GET", "/big.bin"))).toBe(DIGEST);
  });

  test("wait for a client that reads late, and hold up no origin", async () => {
    let isOriginDone = false;
    origin.once("request", (_request, response) =>
      response.once("finish", () => {
        isOriginDone = true;
      }),
    );
    const answer = await ask("GET", "/http/late");
    await waitUntil("the origin to be done", () => isOriginDone || undefined);
    expect(await digestOf(answer)).toBe(DIGEST);
  });

  /** Sends a request with that many octets of content, or all pieces in chunks; resolves with the head of its answer. */
  async function ask(method: string, path: string, content: number | "chunked" = 0): Promise<IncomingMessage> {
    const headers = content === "chunked" ? { "Transfer-Encoding": "chunked" } : { "Content-Length": content };
    const request = openRequest({ host: "127.0.0.1", port: server.port(), method, path, headers, agent: false });
    const answer = new Promise<IncomingMessage>((resolve, reject) => request.once("response", resolve).once("error", reject));
    if (content === 0) request.end();
    else await pipeline(pieces(), request);
    return answer;
  }
});

function* pieces(): Generator<Buffer> {
  for (let sent = 0; sent < PIECES; sent++) yield PIECE;
}

async function digestOf(message: IncomingMessage): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of message) hash.update(chunk);
  return hash.digest("hex");
}

async function textOf(message: IncomingMessage): Promise<string> {
  message.setEncoding("latin1");
  let text = "";
  for await (const chunk of message) text += chunk;
  return text;
}
