/** What a reload keeps: every request, slow ones, tunnels, what is known of peers; and what it lets go. */

import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { findFreePort } from "./free-port.ts";
import { openClient } from "./open-client.ts";
import { openFiles, residentMemoryMb, workerPid, workerPids } from "./process-state.ts";
import { startSteadyClients } from "./steady-clients.ts";

const CONF = "http { server { listen 127.0.0.1:%%PORT%%; return 200 generation-0; } }";
/** Enough to catch a request lost now and then; FOREGATE_RELOADS asks for more. */
const RELOADS = Number(process.env["FOREGATE_RELOADS"] ?? 15);

type Foregate = Awaited<ReturnType<typeof startForegate>>;

function edit(server: Foregate, change: (text: string) => string): void {
  const path = join(server.dir, "nginx.conf");
  writeFileSync(path, change(readFileSync(path, "latin1")));
}

/** Sends HUP and waits until all of the former workers are told to end. */
async function reload(server: Foregate): Promise<void> {
  const before = countOf(server, /: reconfigured\n/g);
  server.signal("SIGHUP");
  await waitUntil("the reload", () => countOf(server, /: reconfigured\n/g) > before || undefined);
}

function countOf(server: Foregate, pattern: RegExp): number {
  return server.errorLog().match(pattern)?.length ?? 0;
}

const origins: Server[] = [];
afterEach(() => {
  for (const origin of origins.splice(0)) origin.close();
});

/** A server whose connections are the test's. */
async function startOrigin(port: number, onSocket: (socket: Socket) => void): Promise<void> {
  const origin = createServer(onSocket);
  origins.push(origin);
  await new Promise<void>((resolve) => origin.listen(port, "127.0.0.1", resolve));
}

describe("reloads under load", () => {
  test("lose no request, and leave nothing behind in the master", { timeout: 30_000 + RELOADS * 2000 }, async () => {
    await using server = await startForegate({ conf: `worker_processes 2;\n${CONF}` });
    const clients = startSteadyClients({ port: server.port(), keepAlive: 2, fresh: 2 });
    await reload(server);
    await waitUntil("one generation", () => workerPids(server.pid).length === 2 || undefined);
    const filesBefore = openFiles(server.pid);
    const memoryBefore = residentMemoryMb(server.pid);
    for (let generation = 1; generation <= RELOADS; generation++) {
      edit(server, (text) => text.replace(/generation-\d+/, `generation-${generation}`));
      await reload(server);
    }
    expect(await clients.stop()).toEqual([]);
    expect(clients.answered()).toBeGreaterThan(RELOADS * 10);
    await waitUntil("one generation", () => workerPids(server.pid).length === 2 || undefined);
    await waitUntil("the files of former generations to be closed", () => openFiles(server.pid) <= filesBefore || undefined);
    expect(residentMemoryMb(server.pid) - memoryBefore).toBeLessThan(40);
    const { answers } = await server.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect(answers[0]?.body.toString()).toBe(`generation-${RELOADS}`);
    // Each drained worker once, and no other.
    const exits = (): number => countOf(server, /worker process \d+ exited with code 0\n/g);
    await waitUntil("word of all ends", () => exits() >= (RELOADS + 1) * 2 || undefined);
    expect(exits()).toBe((RELOADS + 1) * 2);
  });
});

describe("a connection between two requests", () => {
  test("may send another one to the former worker, which answers by the new configuration and closes", async () => {
    await using server = await startForegate({ conf: CONF });
    const client = openClient(server.port());
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.receive(/generation-0$/);
    edit(server, (text) => text.replace("generation-0", "generation-1"));
    await reload(server);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(await client.receive(/generation-1$/)).toMatch(/\r\nConnection: close\r\n/);
    await client.closed;
  });

  test("is closed when it stays silent, and its worker ends", async () => {
    await using server = await startForegate({ conf: CONF });
    const client = openClient(server.port());
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.receive(/generation-0$/);
    const former = workerPid(server.pid);
    await reload(server);
    await client.closed;
    await waitUntil("the worker's end", () => server.errorLog().includes(`worker process ${former} exited with code 0\n`) || undefined);
  });
});

describe("what is under way at a reload", () => {
  const FORWARDING = `http { server { listen 127.0.0.1:%%PORT%%; location / {
    proxy_pass http://127.0.0.1:%%PORT_ORIGIN%%; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
  } } }`;

  test("a slow answer comes to its end", async () => {
    await using server = await startForegate({ conf: FORWARDING });
    const asked: Socket[] = [];
    await startOrigin(server.port("ORIGIN"), (socket) => socket.once("data", () => asked.push(socket)));
    const client = openClient(server.port());
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const origin = await waitUntil("the origin to be asked", () => asked[0]);
    origin.write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfour");
    await client.receive(/four$/);
    await reload(server);
    origin.end("more");
    await client.receive(/fourmore$/);
  });

  test("a tunnel stays until worker_shutdown_timeout", async () => {
    await using server = await startForegate({ conf: `worker_shutdown_timeout 3s;\n${FORWARDING}` });
    await startOrigin(server.port("ORIGIN"), (socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n");
        socket.on("data", (bytes) => socket.write(bytes));
      });
    });
    const client = openClient(server.port());
    client.send("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n");
    await client.receive(/^HTTP\/1\.1 101 [\s\S]*\r\n\r\n$/);
    const former = workerPid(server.pid);
    const reloadedAtMs = performance.now();
    await reload(server);
    client.send("still there");
    await client.receive(/still there$/);
    expect(workerPids(server.pid)).toContain(former);
    await client.closed;
    expect(performance.now() - reloadedAtMs).toBeGreaterThan(2900);
    await waitUntil("the worker's end", () => !workerPids(server.pid).includes(former) || undefined);
  });
});

describe("listening addresses", () => {
  test("are added and removed: one that is gone refuses", async () => {
    await using server = await startForegate({
      conf: "http { server { listen 127.0.0.1:%%PORT%%; #\n return 200 x; } }",
      values: {},
    });
    const second = await findFreePort();
    edit(server, (text) => text.replace("#\n", `listen 127.0.0.1:${second};\n`));
    await reload(server);
    expect(await askPort(second)).toMatch(/^HTTP\/1\.1 200 /);
    edit(server, (text) => text.replace(`listen 127.0.0.1:${second};\n`, ""));
    await reload(server);
    await waitUntil("the address to refuse", async () => (await askPort(second)).includes("ECONNREFUSED") || undefined);
    expect(await askPort(server.port())).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("a configuration whose files broke since", () => {
  test("is what a replaced worker still serves", async () => {
    await using server = await startForegate({ conf: CONF });
    edit(server, () => "broken");
    const first = workerPid(server.pid);
    process.kill(first, "SIGQUIT");
    await waitUntil("another worker", () => workerPids(server.pid).find((pid) => pid !== first));
    expect(await askPort(server.port())).toMatch(/generation-0$/);
  });
});

describe("a generation that cannot begin", () => {
  test("ends, and the former one goes on", async () => {
    await using server = await startForegate({ conf: CONF });
    server.claim(/worker process \d+ (?:exited on signal 9|was ended by SIGKILL before it could serve)/);
    const former = workerPid(server.pid);
    server.signal("SIGHUP");
    const next = await waitUntil("the next worker", () => workerPids(server.pid).find((pid) => pid !== former));
    process.kill(next, "SIGKILL");
    await waitUntil("the line", () => /\[emerg\] .*before it could serve\n/.test(server.errorLog()) || undefined);
    expect(workerPid(server.pid)).toBe(former);
    expect(await askPort(server.port())).toMatch(/generation-0$/);
    await reload(server);
    await waitUntil("one worker", () => workerPids(server.pid).length === 1 || undefined);
    expect(workerPid(server.pid)).not.toBe(former);
  });
});

describe("an upstream peer that failed", () => {
  test("is still passed over after a reload", async () => {
    await using server = await startForegate({
      conf: `http { upstream u { server 127.0.0.1:%%PORT_DEAD%% fail_timeout=60s; server 127.0.0.1:%%PORT_ORIGIN%%; }
        server { listen 127.0.0.1:%%PORT%%; location / { proxy_pass http://u; add_header X-Tried $upstream_addr; } } }`,
    });
    await startOrigin(server.port("ORIGIN"), (socket) =>
      socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx")),
    );
    const tried = async (): Promise<string> => /X-Tried: (.*)\r\n/.exec(await askPort(server.port()))?.[1] ?? "";
    expect([await tried(), await tried()].join()).toContain(`:${server.port("DEAD")}`);
    await reload(server);
    for (let request = 0; request < 3; request++) expect(await tried()).toBe(`127.0.0.1:${server.port("ORIGIN")}`);
  });
});

async function askPort(port: number): Promise<string> {
  const client = openClient(port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  return client.closed;
}
