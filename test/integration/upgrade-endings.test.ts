/** How upgraded connections end, what they cost while they last, and what the logs say of them. */

import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { inErrorLog } from "./await-log.ts";
import { type ClientSocket, openClient } from "./client-socket.ts";
import { isAlive } from "./is-alive.ts";
import { openFiles, residentMemoryMb } from "./process-state.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

const SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n";
const ORIGIN = "http://127.0.0.1:%%ORIGIN%%";
const FLOOD_BYTES = 64 * 1024 * 1024;
const STILL_MS = 300;
const UPSTREAM_TIMEOUT =
  /\[info\].* upstream timed out \(110: Connection timed out\) while proxying upgraded connection, client: .* upstream: "http:/;

const conf = `
http {
  log_format own "$uri $status $bytes_sent $body_bytes_sent $upstream_bytes_sent $upstream_bytes_received $request_completion";
  access_log %%DIR%%/logs/access.log own;
  server { listen 127.0.0.1:%%PORT%%;
    location / { proxy_pass ${ORIGIN}; }
    location /read-timeout/ { proxy_read_timeout 200ms; proxy_pass ${ORIGIN}; }
    location /upgrade-timeout/ { proxy_upgrade_timeout 200ms; proxy_pass ${ORIGIN}; }
    location /wins/ { proxy_read_timeout 100ms; proxy_upgrade_timeout 1m; proxy_pass ${ORIGIN}; }
    location /send-timeout/ { send_timeout 300ms; proxy_pass ${ORIGIN}; }
    location /proxy-send-timeout/ { proxy_send_timeout 300ms; proxy_pass ${ORIGIN}; }
    location /no-linger/ { lingering_close off; proxy_pass ${ORIGIN}; }
  }
}`;

let origin: ScriptedServer;
let server: RunningServer;
/** The upstream's sockets by the last segment of the target that they were asked for. */
const upstreams = new Map<string, Socket>();

beforeAll(async () => {
  const tunnels = new WeakSet<Socket>();
  origin = await startScriptedServer((socket, text) => {
    if (tunnels.has(socket)) return;
    tunnels.add(socket);
    const name = /^GET \S*\/(\S+) /.exec(text)?.[1] ?? "";
    upstreams.set(name, socket);
    socket.write(SWITCHING);
  });
  server = await startForegate({ conf, values: { ORIGIN: origin.port } });
});
afterAll(() => origin.stop());

interface TestTunnel {
  readonly client: ClientSocket;
  readonly upstream: Socket;
}

/** `target` must end in a name of its own. */
async function openTunnel(target: string, reading: "reads" | "holds" = "reads", to: RunningServer = server): Promise<TestTunnel> {
  const client = await openClient(to.port(), `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n`, reading);
  const name = target.slice(target.lastIndexOf("/") + 1);
  const upstream = await waitUntil("the upgrade at the upstream", () => upstreams.get(name));
  if (reading === "reads") await client.arrival(/\r\n\r\n/);
  return { client, upstream };
}

/** How many bytes a socket could get rid of until nothing moved for a while. */
async function fill(socket: Socket, bytesMax: number): Promise<number> {
  const piece = Buffer.alloc(65_536, "x");
  for (let sent = 0; sent < bytesMax; sent += piece.length) {
    const isTaken = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), STILL_MS);
      socket.write(piece, () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
    if (!isTaken) return sent;
  }
  return bytesMax;
}

const over = (socket: Socket): Promise<true> => waitUntil("the upstream's connection to end", () => (socket.destroyed ? true : undefined));
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("either side ends both", () => {
  test.each(["", "no-linger/"])("an upstream that closes: what it said last arrives first (/%s)", async (place) => {
    const { client, upstream } = await openTunnel(`/${place}upstream-closes`);
    upstream.end("last words");
    expect(await client.closed).toEqual({ error: "" });
    expect(client.received).toMatch(/\r\n\r\nlast words$/);
    await over(upstream);
    upstreams.clear();
  });

  test("a client that is talking meanwhile still gets the upstream's last words", async () => {
    const { client, upstream } = await openTunnel("/talking");
    client.socket.pause();
    for (let i = 0; i < 50; i++) client.socket.write("talk".repeat(1000));
    upstream.end("last words");
    await over(upstream);
    client.socket.write("talk on");
    client.socket.resume();
    await client.arrival(/last words$/);
    expect((await client.closed).error).toBe("");
  });

  test("an upstream that resets: logged as nginx does", async () => {
    const { client, upstream } = await openTunnel("/upstream-resets");
    upstream.resetAndDestroy();
    await client.closed;
    await inErrorLog(server, /\[error\].* recv\(\) failed \(104: Connection reset by peer\) while proxying upgraded connection, client: /);
  });

  test.each(["end", "destroy", "resetAndDestroy"] as const)("a client's %s()", async (way) => {
    const { client, upstream } = await openTunnel(`/client-${way}`);
    client.socket.write("last words", () => client.socket[way]());
    await over(upstream);
    if (way === "end") expect(origin.received.at(-1)).toMatch(/\r\n\r\nlast words$/);
  });
});

describe("a silent tunnel is closed", () => {
  test.each(["read-timeout", "upgrade-timeout"])("after proxy_%s", async (place) => {
    const { client, upstream } = await openTunnel(`/${place}/silent`);
    const startedAt = Date.now();
    expect((await client.closed).error).toBe("");
    expect(Date.now() - startedAt).toBeGreaterThan(120);
    await over(upstream);
    upstreams.clear();
    await inErrorLog(server, UPSTREAM_TIMEOUT);
  });

  test.each(["client", "upstream"] as const)("but not while its %s speaks", async (side) => {
    const tunnel = await openTunnel(`/upgrade-timeout/speaking-${side}`);
    const speaker = side === "client" ? tunnel.client.socket : tunnel.upstream;
    for (let i = 0; i < 10; i++) {
      speaker.write("x");
      await pause(60);
    }
    expect(tunnel.upstream.destroyed).toBe(false);
    await tunnel.client.closed;
  });

  test("and proxy_upgrade_timeout wins over proxy_read_timeout", async () => {
    const { client, upstream } = await openTunnel("/wins/patient");
    await pause(300);
    upstream.write("still here");
    await client.arrival(/still here$/);
    client.socket.destroy();
  });
});

describe("who does not read holds the other side back, in bounded memory", () => {
  test("a client", async () => {
    const { client, upstream } = await openTunnel("/client-holds", "holds");
    const before = residentMemoryMb(server.pid);
    const taken = await fill(upstream, FLOOD_BYTES);
    expect(taken).toBeLessThan(FLOOD_BYTES);
    expect(residentMemoryMb(server.pid) - before).toBeLessThan(16);
    let received = 0;
    client.socket.on("data", (chunk) => {
      received += chunk.length;
    });
    upstream.end();
    await client.closed;
    // The piece that stuck last has gone out too.
    expect(received - SWITCHING.length).toBeGreaterThan(taken);
  });

  test("an upstream", async () => {
    const { client, upstream } = await openTunnel("/upstream-holds");
    upstream.pause();
    const before = residentMemoryMb(server.pid);
    const taken = await fill(client.socket, FLOOD_BYTES);
    expect(taken).toBeLessThan(FLOOD_BYTES);
    expect(residentMemoryMb(server.pid) - before).toBeLessThan(16);
    upstream.write("the other way is free");
    await client.arrival(/the other way is free$/);
    const start = origin.received.at(-1)?.length ?? 0;
    upstream.resume();
    await waitUntil("all of it at the upstream", () => (origin.received.at(-1)?.length ?? 0) - start >= taken || undefined);
    client.socket.destroy();
  });

  test("for send_timeout at most, a client", async () => {
    const { client, upstream } = await openTunnel("/send-timeout/client", "holds");
    await fill(upstream, FLOOD_BYTES);
    await over(upstream);
    await inErrorLog(server, /\[info\].* client timed out \(110: Connection timed out\) while proxying upgraded connection/);
    client.socket.destroy();
  });

  test("for send_timeout at most, a client whose upstream has closed", async () => {
    const open = openFiles(server.pid);
    const { client, upstream } = await openTunnel("/send-timeout/left", "holds");
    await fill(upstream, FLOOD_BYTES);
    upstream.end();
    await waitUntil("its socket to be closed", () => openFiles(server.pid) <= open || undefined);
    client.socket.destroy();
  });

  test("for proxy_send_timeout at most, an upstream", async () => {
    const { client, upstream } = await openTunnel("/proxy-send-timeout/upstream");
    upstream.pause();
    await fill(client.socket, FLOOD_BYTES);
    await client.closed;
    await inErrorLog(server, UPSTREAM_TIMEOUT);
    upstream.destroy();
  });
});

test("the log line comes at the end and counts the bytes of both ways", async () => {
  const { client, upstream } = await openTunnel("/counted");
  client.socket.write("12345");
  await waitUntil("the client's bytes", () => origin.received.at(-1)?.endsWith("12345") || undefined);
  upstream.write("1234567");
  await client.arrival(/1234567$/);
  expect(server.accessLog()).not.toContain("/counted");
  const sent = origin.received.at(-1)?.length;
  client.socket.destroy();
  const line = await waitUntil("the log line", () => /^\/counted .*$/m.exec(server.accessLog())?.[0]);
  expect(line).toBe(`/counted 101 ${client.received.length} 7 ${sent} ${SWITCHING.length + 7} OK`);
});

test("QUIT lets tunnels live, and worker_shutdown_timeout ends them", async () => {
  const shutting = await startForegate({ conf: `worker_shutdown_timeout 1s;\n${conf}`, values: { ORIGIN: origin.port } });
  const { client, upstream } = await openTunnel("/quit", "reads", shutting);
  shutting.signal("SIGQUIT");
  await inErrorLog(shutting, /gracefully shutting down/);
  upstream.write("still here");
  await client.arrival(/still here$/);
  expect(isAlive(shutting.pid)).toBe(true);
  await client.closed;
  expect((await shutting.exit).code).toBe(0);
  await shutting.stop();
});

test("nothing is left behind", async () => {
  await waitUntil("the upstreams' connections to close", () => origin.open === 0 || undefined);
  await waitUntil("the sockets to close", () => openFiles(server.pid) < 40 || undefined);
});
