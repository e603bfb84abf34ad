/** Upgrades to any protocol: who may ask, what an upstream may answer, and which bytes go where. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { inErrorLog } from "./await-log.ts";
import { openClient } from "./client-socket.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

const SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n";
const ASKING = "Connection: Upgrade\r\nUpgrade: echo\r\n";
const page = (status: string, fields = ""): string => `HTTP/1.1 ${status}\r\n${fields}Content-Length: 4\r\n\r\npage`;

const conf = `
http {
  server { listen 127.0.0.1:%%PORT%%;
    location / { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /classic { proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /uwsgi { uwsgi_pass 127.0.0.1:%%ORIGIN%%; }
    location /streamed { proxy_request_buffering off; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
  }
}`;

let origin: ScriptedServer;
let server: RunningServer;

/** Switches for targets that hold "switch", then echoes; answers others with what the target names. */
beforeAll(async () => {
  const tunnels = new WeakSet<object>();
  origin = await startScriptedServer((socket, text) => {
    if (tunnels.has(socket)) socket.write(text, "latin1");
    else if (text.includes("/switch") || text.includes("/uwsgi")) {
      tunnels.add(socket);
      // What came behind the request is the first to be echoed.
      const behind = text.startsWith("GET ") ? text.slice(text.indexOf("\r\n\r\n") + 4) : "";
      socket.write(`${SWITCHING}hello${behind}`, "latin1");
    } else if (text.includes("/early-switch")) socket.write(`${SWITCHING}`);
    else if (text.includes("/426")) socket.write(page("426 Upgrade Required", "Upgrade: echo\r\nConnection: Upgrade\r\n"));
    else if (text.includes("/400")) socket.write(page("400 Bad Request"));
    else socket.write(page("200 OK", "Upgrade: h2c\r\nConnection: Upgrade\r\n"));
  });
  server = await startForegate({ conf, values: { ORIGIN: origin.port } });
});
afterAll(() => origin.stop());

const ask = (target: string, fields: string, version = "1.1", method = "GET"): string =>
  `${method} ${target} HTTP/${version}\r\nHost: x\r\n${fields}\r\n`;

/** What the upstream got of the last request. */
const lastReceived = (): string => origin.received.at(-1) ?? "";

describe("an upgrade is asked of the upstream", () => {
  test.each([
    ["GET", "echo", "Upgrade: echo"],
    ["POST", "echo", "Upgrade: echo"],
    ["OPTIONS", "a/1, b/2", "Upgrade: a/1, b/2"],
  ])("with %s, for %s", async (method, upgrade, line) => {
    const client = await openClient(
      server.port(),
      ask("/switch", `Connection: keep-alive, Upgrade\r\nUpgrade: ${upgrade}\r\n`, "1.1", method),
    );
    await client.arrival(/^HTTP\/1\.1 101 .*\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nhello$/s);
    expect(lastReceived()).toContain(`\r\n${line}\r\nConnection: upgrade\r\n`);
    client.socket.write("over to you");
    await client.arrival(/over to you$/);
    client.socket.destroy();
  });

  test.each([
    ["without Connection: upgrade", ask("/page", "Upgrade: echo\r\n")],
    ["without Upgrade", ask("/page", "Connection: upgrade\r\n")],
    ["by an HTTP/1.0 client", ask("/page", `${ASKING}`, "1.0")],
    ["to h2c", ask("/page", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n")],
    ["to h2c, in capitals", ask("/page", "Connection: Upgrade\r\nUpgrade: H2C\r\n")],
    ["to h2c among others", ask("/page", "Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n")],
    ["to h2c in a second line", ask("/page", "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n")],
    ["to HTTP/2.0", ask("/page", "Connection: Upgrade\r\nUpgrade: HTTP/2.0\r\n")],
  ])("but not %s", async (_name, request) => {
    const { answers } = await server.exchange(request);
    expect(answers[0]).toMatchObject({ status: 200, body: "page" });
    expect(answers[0]?.fields.map(([name]) => name)).not.toContain("Upgrade");
    expect(lastReceived()).not.toMatch(/upgrade|http2-settings/i);
  });

  test("to h2c not even where proxy_set_header passes Upgrade on", async () => {
    await server.exchange(ask("/classic", "Connection: Upgrade\r\nUpgrade: h2c\r\n"));
    expect(lastReceived()).not.toMatch(/h2c/i);
  });
});

describe("a 101 that was not asked for is 502", () => {
  test.each([
    ["at all", ask("/switch", "")],
    ["by an HTTP/1.0 client", ask("/switch", ASKING, "1.0")],
    ["without Connection: upgrade", ask("/switch", "Upgrade: echo\r\n")],
    ["but h2c was", ask("/switch", "Connection: Upgrade\r\nUpgrade: h2c\r\n")],
    ["but h2c was, of an application", ask("/uwsgi", "Connection: Upgrade\r\nUpgrade: h2c\r\n")],
  ])("%s", async (_name, request) => {
    const { answers, rest } = await server.exchange(request);
    expect(answers.map(({ status }) => status)).toEqual([502]);
    expect(rest).toBe("");
    await inErrorLog(
      server,
      /upstream sent an unrequested 101 answer while reading response header from upstream.*cause: unrequested_upgrade/,
    );
  });

  test("while the request's body is still on its way", async () => {
    const client = await openClient(server.port(), ask("/streamed/early-switch", `${ASKING}Content-Length: 10\r\n`, "1.1", "POST"));
    client.socket.write("12345");
    await client.arrival(/^HTTP\/1\.1 502 /);
    client.socket.destroy();
  });
});

describe("an answer that does not switch passes as usual", () => {
  test.each([
    ["426", 426, "echo"],
    ["400", 400, undefined],
    ["page", 200, undefined],
  ])("%s", async (target, status, upgrade) => {
    const { answers, end } = await server.exchange(ask(`/${target}`, ASKING));
    expect(answers[0]).toMatchObject({ status, body: "page" });
    expect(answers[0]?.fields.find(([name]) => name === "Upgrade")?.[1]).toBe(upgrade);
    expect(end).toBe("kept");
  });

  test("and what came behind the request is the next request", async () => {
    const { answers } = await server.exchange(ask("/page", ASKING) + ask("/400", ""), { answers: 2 });
    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
  });
});

describe("bytes that come early are not lost", () => {
  test("the client's, behind its request", async () => {
    const client = await openClient(server.port(), `${ask("/switch", ASKING)}GET /400 HTTP/1.1\r\n\r\n`);
    await client.arrival(/\r\n\r\nhelloGET \/400 HTTP\/1\.1\r\n\r\n$/);
    expect(client.received).not.toContain("400 Bad Request");
    client.socket.destroy();
  });

  test("those behind a request with a body", async () => {
    const client = await openClient(server.port(), `${ask("/switch", `${ASKING}Content-Length: 4\r\n`, "1.1", "POST")}bodybehind`);
    await client.arrival(/hellobehind$/);
    expect(lastReceived()).toMatch(/Upgrade: echo\r\nConnection: upgrade\r\nContent-Length: 4\r\n\r\nbodybehind$/);
    client.socket.destroy();
  });

  test("in a uwsgi tunnel, too", async () => {
    const client = await openClient(server.port(), `${ask("/uwsgi", ASKING)}behind`);
    await client.arrival(/hellobehind$/);
    client.socket.destroy();
  });
});
