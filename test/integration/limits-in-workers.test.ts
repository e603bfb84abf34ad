/** `limit_req`, `limit_conn` with several workers, over reloads, and when a worker or the master fails. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { type OpenClient, openClient } from "./open-client.ts";
import { workerPids } from "./process-state.ts";

const conf = (workers: number, key = "$arg_k"): string => `
worker_processes ${workers};
http {
  limit_req_zone ${key} zone=requests:32k rate=1r/m;
  limit_conn_zone $arg_k zone=connections:32k;
  add_header X-Pid $pid always;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    location /f { limit_req zone=requests burst=9 nodelay; }
    location /held { limit_conn connections 3; proxy_pass http://127.0.0.1:1; }
    location /seen { limit_conn connections 3; try_files /f =404; }
  }
}`;
const files = { "www/f": "content" };

interface Seen {
  readonly passed: number;
  readonly pids: number;
}

/** Requests at once, each on a connection of its own. */
async function askAtOnce(server: RunningServer, target: string, times: number): Promise<Seen> {
  const request = `GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
  const answers = (await Promise.all(Array.from({ length: times }, () => server.exchange(request)))).map(({ answers: [answer] }) => answer);
  const pids = new Set(answers.map((answer) => answer?.fields.find(([name]) => name === "X-Pid")?.[1]));
  return { passed: answers.filter((answer) => answer?.status === 200).length, pids: pids.size };
}

async function hold(server: RunningServer, target: string): Promise<{ readonly client: OpenClient; readonly status: string }> {
  const client = openClient(server.port());
  client.send(`POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n`);
  const text = await client.receive(/HTTP\/1.1 \d\d\d/);
  return { client, status: /HTTP\/1.1 (\d\d\d)/.exec(text)?.[1] ?? "" };
}

/** Changes the configuration file as given, and resolves once the workers are others. */
async function reloadWith(server: RunningServer, change: (text: string) => string): Promise<void> {
  const path = join(server.dir, "nginx.conf");
  writeFileSync(path, change(readFileSync(path, "latin1")), "latin1");
  const before = workerPids(server.pid);
  server.signal("SIGHUP");
  await waitUntil("other workers", () => workerPids(server.pid).every((pid) => !before.includes(pid)) || undefined);
}

const withWorkers =
  (workers: number) =>
  (text: string): string =>
    text.replace(/worker_processes \d+/, `worker_processes ${workers}`);

describe("several workers", () => {
  test("let as many requests pass together as one would", async () => {
    await using server = await startForegate({ conf: conf(3), files });
    const seen = await askAtOnce(server, "/f?k=a", 60);
    expect(seen.passed).toBe(10);
    expect(seen.pids).toBeGreaterThan(1);
    expect((await askAtOnce(server, "/f?k=b", 20)).passed).toBe(10);
    expect((await askAtOnce(server, "/f", 20)).passed).toBe(20);
  });

  test("count requests under way together, and a killed worker gives back what it held", async () => {
    await using server = await startForegate({ conf: conf(2), files });
    server.claim(/exited on signal 9/);
    const held = await Promise.all(Array.from({ length: 12 }, () => hold(server, "/held?k=a")));
    expect(held.filter(({ status }) => status === "100")).toHaveLength(3);
    expect((await askAtOnce(server, "/seen?k=a", 4)).passed).toBe(0);
    for (const pid of workerPids(server.pid)) process.kill(pid, "SIGKILL");
    await waitUntil("the places to be free", async () => (await askAtOnce(server, "/seen?k=a", 1)).passed === 1 || undefined);
    for (const { client } of held) client.close();
  });

  test("decide by themselves while the master does not answer, and say so once", async () => {
    await using server = await startForegate({ conf: conf(2), files });
    server.claim(/the master does not answer: limits are counted in each worker/);
    server.signal("SIGSTOP");
    try {
      const { passed } = await askAtOnce(server, "/f?k=a", 40);
      expect(passed).toBeGreaterThanOrEqual(10);
      expect(passed).toBeLessThanOrEqual(20);
    } finally {
      server.signal("SIGCONT");
    }
    await waitUntil("the master", async () => (await askAtOnce(server, "/f?k=b", 1)).passed === 1 || undefined);
    expect((await askAtOnce(server, "/f?k=c", 30)).passed).toBe(10);
    const lines = server.errorLog().match(/the master does not answer/g) ?? [];
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(2);
  });
});

describe("a reload", () => {
  test.each([
    [1, 1],
    [2, 2],
    [1, 2],
    [2, 1],
  ])("from %d to %d workers forgives nothing", async (before, after) => {
    await using server = await startForegate({ conf: conf(before), files });
    expect((await askAtOnce(server, "/f?k=a", 12)).passed).toBe(10);
    await reloadWith(server, withWorkers(after));
    expect((await askAtOnce(server, "/f?k=a", 12)).passed).toBe(0);
    expect((await askAtOnce(server, "/f?k=b", 12)).passed).toBe(10);
  });

  test("without a master process forgives nothing either", async () => {
    await using server = await startForegate({ conf: `master_process off;${conf(1)}`, files });
    expect((await askAtOnce(server, "/f?k=a", 12)).passed).toBe(10);
    server.signal("SIGHUP");
    await waitUntil("the reload", () => server.errorLog().includes("reconfigured") || undefined);
    expect((await askAtOnce(server, "/f?k=a", 12)).passed).toBe(0);
  });

  test("with another size begins anew", async () => {
    await using server = await startForegate({ conf: conf(1), files });
    expect((await askAtOnce(server, "/f?k=a", 12)).passed).toBe(10);
    await reloadWith(server, (text) =>
      text.replace("requests:32k", "requests:64k").replace("$arg_k zone=requests", "$arg_k$arg_j zone=requests"),
    );
    expect((await askAtOnce(server, "/f?k=a", 12)).passed).toBe(10);
  });

  test.each([
    ["requests", 'limit_req "requests" uses the "$uri" key while previously it used the "$arg_k" key'],
    ["connections", 'limit_conn_zone "connections" uses the "$uri" key while previously it used the "$arg_k" key'],
  ])("with another key for %s is refused in nginx's words, and may be taken back", async (zone, message) => {
    await using server = await startForegate({ conf: conf(1), files });
    server.claim(/uses the "\$uri" key while previously/);
    const path = join(server.dir, "nginx.conf");
    const text = readFileSync(path, "latin1");
    writeFileSync(path, text.replace(`$arg_k zone=${zone}`, `$uri zone=${zone}`), "latin1");
    server.signal("SIGHUP");
    await waitUntil("the refusal", () => server.errorLog().includes(message) || undefined);
    expect((await askAtOnce(server, "/f?k=a", 12)).passed).toBe(10);
    await reloadWith(server, () => text);
    expect((await askAtOnce(server, "/f?k=a", 12)).passed).toBe(0);
  });
});
