/** Connections kept open to upstreams go on through a reload, as long as the configuration still has their upstream. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { get, withContent } from "../differential/requests.ts";
import { type Origin, startOrigin } from "../harness/origin.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { workerPids } from "./process-state.ts";

const BIG_BYTES = 300_000;

const conf = `
worker_processes 1;
http {
  upstream tcp { server 127.0.0.1:%%ORIGIN%%; keepalive 4; }
  upstream unix { server unix:%%SOCKET%%; keepalive 4; }
  server {
    listen 127.0.0.1:%%PORT%%;
    client_max_body_size 10m;
    location /tcp/ { proxy_pass http://tcp; }
    location /unix/ { proxy_pass http://unix; }
  }
}`;

const folder = mkdtempSync(join(tmpdir(), "foregate-kept-"));
const path = join(folder, "origin.sock");
let overTcp: Origin;
let overUnix: Origin;

beforeAll(async () => {
  const answer = ({ target, body }: { target: string; body: string }): string => {
    const content = target.endsWith("/big") ? "x".repeat(BIG_BYTES) : `got ${body.length}\n`;
    return `HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n${content}`;
  };
  overTcp = await startOrigin(answer);
  overUnix = await startOrigin(answer, { path });
});
afterAll(async () => {
  await overTcp.stop();
  await overUnix.stop();
  rmSync(folder, { recursive: true });
});

async function reload(server: RunningServer): Promise<void> {
  const [before] = workerPids(server.pid);
  server.signal("SIGHUP");
  await waitUntil(
    "the former worker to end",
    () => new RegExp(`worker process ${before} exited with code 0`).test(server.errorLog()) || undefined,
  );
}

test.each(["tcp", "unix"])("a kept connection over %s serves on after reloads, also large requests and answers", async (kind) => {
  const origin = kind === "tcp" ? overTcp : overUnix;
  await using server = await startForegate({ conf, values: { ORIGIN: overTcp.port, SOCKET: path } });
  expect((await server.exchange(get(`/${kind}/a`))).answers[0]?.body).toBe("got 0\n");
  const { connections } = origin;
  for (let i = 0; i < 3; i++) {
    await reload(server);
    expect((await server.exchange(get(`/${kind}/big`))).answers[0]?.body).toHaveLength(BIG_BYTES);
    const posted = await server.exchange(withContent("POST", `/${kind}/a`, "y".repeat(BIG_BYTES)));
    expect(posted.answers[0]?.body).toBe(`got ${BIG_BYTES}\n`);
  }
  expect(origin.connections).toBe(connections);
});

test("a connection whose upstream is gone from the configuration is closed", async () => {
  await using origin = await startOrigin(() => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  await using server = await startForegate({ conf, values: { ORIGIN: origin.port, SOCKET: path } });
  await server.exchange(get("/tcp/a"));
  const confPath = join(server.dir, "nginx.conf");
  writeFileSync(
    confPath,
    readFileSync(confPath, "latin1")
      .replace(/upstream tcp .*\n/, "")
      .replace("http://tcp", "http://unix"),
    "latin1",
  );
  await reload(server);
  expect((await server.exchange(get("/tcp/a"))).answers[0]?.status).toBe(200);
  expect(origin.requests).toHaveLength(1);
});
