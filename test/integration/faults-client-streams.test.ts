/** Clients that send much, early, or what nobody wants: requests in advance and bodies, in bounded memory and time. */

import type { Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { get, request, withContent } from "../differential/requests.ts";
import { readAnswers } from "../harness/answers.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { inAccessLog } from "./await-log.ts";
import { openClient } from "./client-socket.ts";
import { openFiles, residentMemoryMb, workerPid } from "./process-state.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

const conf = `
http {
  log_format brief "$status $request_uri [$request_completion]";
  access_log %%DIR%%/logs/access.log brief;
  client_max_body_size 1m;
  client_header_timeout 300ms;
  client_body_timeout 300ms;
  lingering_timeout 300ms;
  lingering_time 1s;
  keepalive_requests 100000;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    location / { }
    location /text { return 200 "$connection_requests\\n"; }
    location /thrice { keepalive_requests 3; return 200 "thrice\\n"; }
    location /origin/duplex { proxy_request_buffering off; proxy_buffering off; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /origin { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /slow-origin { client_max_body_size 0; proxy_request_buffering off; proxy_pass http://127.0.0.1:%%SLOW%%; }
  }
}`;

let origin: ScriptedServer;
/** Reads the start of a request and no more. */
let slowOrigin: ScriptedServer;
let pausedSocket: Socket | undefined;
let server: RunningServer;
let filesAtStart = 0;

beforeAll(async () => {
  origin = await startScriptedServer((socket, text) => {
    if (text.includes("second")) socket.write("again");
    for (const [, target = ""] of text.matchAll(/^[A-Z]+ (\/origin\/\S*) /gm)) {
      if (target === "/origin/duplex") socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
      else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n");
    }
  });
  slowOrigin = await startScriptedServer((socket) => {
    if (pausedSocket === undefined) pausedSocket = socket.pause();
  });
  const values = { ORIGIN: origin.port, SLOW: slowOrigin.port };
  server = await startForegate({ conf, values, files: { "www/4k.txt": "x".repeat(4096) } });
  await stillServes();
  filesAtStart = openFiles(workerPid(server.pid));
});
afterAll(async () => {
  await waitUntil("the files of all faults to be closed", () => openFiles(workerPid(server.pid)) <= filesAtStart + 1 || undefined);
  await origin.stop();
  await slowOrigin.stop();
});

test("a hundred requests sent in advance are answered in their order", async () => {
  const { answers } = await server.exchange(get("/text").repeat(100), { answers: 100 });
  expect(answers.map(({ body }) => Number(body))).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
});

test("requests sent in advance behind bodies are found", async () => {
  const counted = withContent("POST", "/origin/counted", "GET /x HTTP/1.1\r\n\r\n");
  const chunked = `${request("POST", "/origin/chunked", "Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\n\r\n`;
  const { answers } = await server.exchange((counted + chunked + get("/text")).repeat(20), { answers: 60, timeoutMs: 10_000 });
  expect(answers.map(({ status }) => status)).toEqual(Array<number>(60).fill(200));
});

test("keepalive_requests ends a connection however many requests wait", async () => {
  const { answers, end } = await server.exchange(get("/thrice").repeat(5), { answers: 3 });
  expect(answers).toHaveLength(3);
  expect(end).not.toBe("kept");
});

test("requests sent in advance by a client that reads no answer wait at the client", async () => {
  const count = 20_000;
  const client = await openClient(server.port(), "", "holds");
  const before = residentMemoryMb(workerPid(server.pid));
  client.socket.write(get("/4k.txt").repeat(count), "latin1");
  await inAccessLog(server, "200 /4k.txt [OK]");
  await stillServes();
  expect(residentMemoryMb(workerPid(server.pid)) - before).toBeLessThan(40);
  let received = 0;
  let isCut = false;
  client.socket.on("data", (chunk) => {
    received += chunk.length;
  });
  client.socket.on("close", () => {
    isCut = true;
  });
  await waitUntil("all answers", () => received > count * 4096 || isCut || undefined, 15_000);
  expect(isCut).toBe(false);
  client.socket.destroy();
});

test("a client that sends all before it reads sees the whole refusal", async () => {
  const body = "x".repeat(8 << 20);
  const client = await openClient(server.port(), withContent("POST", "/origin/large", body));
  expect((await client.closed).error).toBe("");
  const { answers, rest } = readAnswers(client.received, [], true);
  expect(answers[0]).toMatchObject({ status: 413, framing: "length" });
  expect(rest).toBe("");
});

test("a refused client that never stops sending is cut after lingering_time", async () => {
  const client = await openClient(server.port(), request("POST", "/origin/large", "Content-Length: 100000000000"));
  const since = performance.now();
  const piece = Buffer.alloc(65_536);
  const pump = (): void => {
    while (client.socket.writable && client.socket.write(piece));
  };
  client.socket.removeAllListeners("end");
  client.socket.on("drain", pump);
  pump();
  await client.closed;
  expect(performance.now() - since).toBeLessThan(4000);
  await stillServes();
});

test("a body of a megabyte that a file does not want is skipped", async () => {
  const { answers, end } = await server.exchange(withContent("POST", "/4k.txt", "x".repeat(1 << 20)) + get("/text"), { answers: 2 });
  expect(answers.map(({ status }) => status)).toEqual([405, 200]);
  expect(end).toBe("kept");
});

test("a body that nobody wants and that stops is not waited for", async () => {
  const client = await openClient(server.port(), `${request("POST", "/text", "Content-Length: 1000")}x`);
  await client.closed;
  expect(readAnswers(client.received, [], true).answers[0]?.status).toBe(200);
});

test("an unwanted chunked body that breaks its framing later ends the connection", async () => {
  const client = await openClient(server.port(), `${request("POST", "/text", "Transfer-Encoding: chunked")}5\r\nhel`);
  await client.arrival(/\r\n\r\n\d/);
  client.socket.write(`XXXXXX${get("/text")}`);
  await client.closed;
  expect(readAnswers(client.received, [], true).answers).toHaveLength(1);
});

test("an upstream that stops reading is not held against the client's body", async () => {
  const body = "x".repeat(24 << 20);
  const client = await openClient(server.port(), withContent("POST", "/slow-origin", body));
  const upstream = await waitUntil("the slow origin's connection", () => pausedSocket);
  let isOver = false;
  void client.closed.then(() => {
    isOver = true;
  });
  // Twice the client's time, counted by a connection that is given just that.
  for (let round = 0; round < 2; round++) await (await openClient(server.port())).closed;
  expect(isOver).toBe(false);
  upstream.resume();
  await waitUntil("the whole body", () => (slowOrigin.received[0]?.length ?? 0) > body.length || undefined);
  upstream.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  await client.arrival(/ok$/);
  client.socket.destroy();
});

test("a body goes on to an upstream that answers before its end", async () => {
  const client = await openClient(server.port(), `${request("POST", "/origin/duplex", "Content-Length: 11")}first`);
  await client.arrival(/first$/);
  client.socket.write("second");
  await client.arrival(/firstagain$/);
  client.socket.write(get("/text"));
  await client.arrival(/\r\n\r\n2\n$/);
  client.socket.destroy();
});

test("a body that breaks off after an upstream's early answer cuts it", async () => {
  const client = await openClient(server.port(), `${request("POST", "/origin/duplex", "Transfer-Encoding: chunked")}5\r\nfirst\r\n`);
  await client.arrival(/first$/);
  client.socket.write("no chunk");
  await client.closed;
  await inAccessLog(server, "200 /origin/duplex []");
});

async function stillServes(): Promise<void> {
  const { answers } = await server.exchange(get("/text", "Connection: close"));
  expect(answers[0]?.body).toBe("1\n");
}
