/** `zone` in an upstream block: several workers choose as one would, over reloads, and when a worker or the master fails. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startDnsServer } from "../harness/dns-server.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { findFreePort } from "./free-port.ts";
import { type HoldingOrigin, startHoldingOrigin } from "./holding-origin.ts";
import { workerPids } from "./process-state.ts";
import { type Asked, clientsOfWorkers, type WorkerClient } from "./worker-clients.ts";

const conf = (workers: number, group: string): string => `
worker_processes ${workers};
http {
  access_log off;
  add_header X-Pid $pid always;
  add_header X-Upstream $upstream_addr always;
  upstream u { ${group} }
  server {
    listen 127.0.0.1:%%PORT%%;
    location / { proxy_pass http://u; }
    location /pid { return 204; }
  }
}`;

async function startOrigins(number: number): Promise<AsyncDisposable & { readonly all: readonly HoldingOrigin[] }> {
  const all = await Promise.all(Array.from({ length: number }, () => startHoldingOrigin()));
  return { all, [Symbol.asyncDispose]: async () => void (await Promise.all(all.map((origin) => origin[Symbol.asyncDispose]()))) };
}

/** Which of the origins answered, each as a letter: "ab" for one that failed and the one asked next. */
function serversOf({ fields }: Asked, origins: readonly { readonly port: number }[]): string {
  const ports = String(fields["x-upstream"]).matchAll(/127\.0\.0\.1:(\d+)/g);
  return [...ports].map(([, port]) => "abcdef"[origins.findIndex((origin) => origin.port === Number(port))]).join("");
}

/** One after the other, each at the next worker. */
async function askInTurn(clients: readonly WorkerClient[], times: number, origins: readonly { readonly port: number }[]) {
  const seen: string[] = [];
  for (let i = 0; i < times; i++) {
    const asked = await clients[i % clients.length]?.ask("/");
    expect(asked?.status).toBe(200);
    if (asked !== undefined) seen.push(serversOf(asked, origins));
  }
  return seen.join(" ");
}

const serverLines = (origins: readonly { readonly port: number }[], ...parameters: readonly string[]): string =>
  origins.map(({ port }, at) => `server 127.0.0.1:${port} ${parameters[at] ?? ""};`).join(" ");

/** On a connection of its own. */
async function statusOf(server: RunningServer, target: string): Promise<number | undefined> {
  return (await server.exchange(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)).answers[0]?.status;
}

function holdMany(server: RunningServer, number: number): Promise<readonly (number | undefined)[]> {
  return Promise.all(Array.from({ length: number }, () => statusOf(server, "/hold")));
}

/** Resolves once the workers are others. */
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
  test("go through the servers in one sequence, by their weights", async () => {
    await using origins = await startOrigins(3);
    const group = `zone z 64k; ${serverLines(origins.all, "weight=5")}`;
    await using server = await startForegate({ conf: conf(3, group) });
    using workers = await clientsOfWorkers(server.port(), 3, "/pid");
    const round = "a a b a c a a";
    expect(await askInTurn(workers.clients, 21, origins.all)).toBe([round, round, round].join(" "));
  });

  test("each have a sequence of their own without a zone", async () => {
    await using origins = await startOrigins(2);
    await using server = await startForegate({ conf: conf(2, serverLines(origins.all)) });
    using workers = await clientsOfWorkers(server.port(), 2, "/pid");
    expect(await askInTurn(workers.clients, 8, origins.all)).toBe("a a b b a a b b");
  });

  test("spread least_conn by the connections of all of them", async () => {
    await using origins = await startOrigins(3);
    await using server = await startForegate({ conf: conf(3, `zone z 64k; least_conn; ${serverLines(origins.all)}`) });
    using workers = await clientsOfWorkers(server.port(), 3, "/pid");
    const held = workers.clients.map((client) => client.ask("/hold"));
    await waitUntil("one request at each server", () => origins.all.every((origin) => origin.held() === 1) || undefined);
    for (const origin of origins.all) origin.release();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("open no more than max_conns together, and as many again when those have ended", async () => {
    await using origins = await startOrigins(2);
    const group = `zone z 64k; ${serverLines(origins.all, "max_conns=3", "max_conns=2")}`;
    await using server = await startForegate({ conf: conf(4, group) });
    const asked: Promise<readonly (number | undefined)[]>[] = [];
    for (let round = 0; round < 3; round++) {
      await waitUntil("all that may be held", () => {
        asked.push(holdMany(server, 20));
        return origins.all.map((origin) => origin.held()).join() === "3,2" || undefined;
      });
      for (const origin of origins.all) origin.release();
    }
    let statuses: readonly (number | undefined)[] | undefined;
    void Promise.all(asked).then((all) => {
      statuses = all.flat();
    });
    const answered = await waitUntil("all answers", () => {
      for (const origin of origins.all) origin.release();
      return statuses;
    });
    expect(answered.filter((status) => status !== 200 && status !== 502)).toEqual([]);
    expect(origins.all.map((origin) => origin.most())).toEqual([3, 2]);
  });

  test("leave a server alone that has failed one of them, and say so once", async () => {
    await using origins = await startOrigins(1);
    const [origin] = origins.all;
    const all = [{ port: await findFreePort() }, ...(origin === undefined ? [] : [origin])];
    const group = `zone z 64k; ${serverLines(all, "max_fails=2 fail_timeout=60s")}`;
    await using server = await startForegate({ conf: conf(3, group) });
    using workers = await clientsOfWorkers(server.port(), 3, "/pid");
    expect(await askInTurn(workers.clients, 9, all)).toBe("ab b ab b b b b b b");
    expect(server.errorLog().match(/upstream server temporarily disabled/g)).toHaveLength(1);
  });

  test("stay with a server for a key, whichever of them has it", async () => {
    await using origins = await startOrigins(3);
    await using server = await startForegate({ conf: conf(2, `zone z 64k; hash $uri consistent; ${serverLines(origins.all)}`) });
    using workers = await clientsOfWorkers(server.port(), 2, "/pid");
    for (const uri of ["/1", "/2", "/3", "/4"]) {
      const asked = await Promise.all(workers.clients.map((client) => client.ask(uri)));
      expect(new Set(asked.map((each) => serversOf(each, origins.all))).size).toBe(1);
    }
  });
});

describe("names that are looked up again and again", () => {
  test("have their addresses in one sequence, in whatever order a name server tells of them", async () => {
    await using origin = await startHoldingOrigin("0.0.0.0");
    const addresses = ["127.0.0.2", "127.0.0.4", "127.0.0.3"];
    await using dns = await startDnsServer({ "app.test": addresses });
    const group = `resolver 127.0.0.1:${dns.port} ipv6=off valid=1h; zone z 64k; server app.test:${origin.port} resolve;`;
    await using server = await startForegate({ conf: conf(2, group) });
    using workers = await clientsOfWorkers(server.port(), 2, "/pid");
    const seen: string[] = [];
    for (let i = 0; i < 9; i++) {
      const asked = await workers.clients[i % 2]?.ask("/");
      seen.push(String(asked?.fields["x-upstream"]).split(":")[0] ?? "");
      dns.names.set("app.test", addresses.toReversed());
    }
    const round = ["127.0.0.2", "127.0.0.3", "127.0.0.4"];
    expect(seen).toEqual([...round, ...round, ...round]);
  });
});

describe("a worker that is killed", () => {
  test("gives back its connections, and only those", async () => {
    await using origins = await startOrigins(1);
    const [origin] = origins.all;
    await using server = await startForegate({ conf: conf(2, `zone z 64k; ${serverLines(origins.all, "max_conns=2")}`) });
    server.claim(/exited on signal 9/);
    using workers = await clientsOfWorkers(server.port(), 2, "/pid");
    const [dying, living] = workers.clients;
    const lost = dying?.ask("/hold").catch(() => "lost");
    const kept = living?.ask("/hold");
    await waitUntil("both requests", () => origin?.held() === 2 || undefined);
    expect(await statusOf(server, "/")).toBe(502);
    process.kill(Number(dying?.pid), "SIGKILL");
    expect(await lost).toBe("lost");
    await waitUntil("a free place", async () => (await statusOf(server, "/")) === 200 || undefined);
    const next = statusOf(server, "/hold");
    await waitUntil("the next request", () => origin?.held() === 2 || undefined);
    expect(await statusOf(server, "/")).toBe(502);
    origin?.release();
    expect([(await kept)?.status, await next]).toEqual([200, 200]);
  });
});

describe("a reload", () => {
  test.each([
    [1, 1],
    [2, 2],
    [1, 2],
    [2, 1],
  ])("from %d to %d workers forgets no failure", async (before, after) => {
    await using origins = await startOrigins(1);
    const [origin] = origins.all;
    const all = [{ port: await findFreePort() }, ...(origin === undefined ? [] : [origin])];
    await using server = await startForegate({ conf: conf(before, `zone z 64k; ${serverLines(all, "fail_timeout=60s")}`) });
    {
      using workers = await clientsOfWorkers(server.port(), before, "/pid");
      expect(await askInTurn(workers.clients, 3, all)).toBe("ab b b");
    }
    await reloadWith(server, withWorkers(after));
    using workers = await clientsOfWorkers(server.port(), after, "/pid");
    expect(await askInTurn(workers.clients, 4, all)).toBe("b b b b");
  });

  test("goes on in the sequence where it was, and begins another for other servers", async () => {
    await using origins = await startOrigins(3);
    const group = `zone z 64k; ${serverLines(origins.all)}`;
    await using server = await startForegate({ conf: conf(2, group) });
    {
      using workers = await clientsOfWorkers(server.port(), 2, "/pid");
      expect(await askInTurn(workers.clients, 4, origins.all)).toBe("a b c a");
    }
    await reloadWith(server, (text) => `${text}\n# the same`);
    {
      using workers = await clientsOfWorkers(server.port(), 2, "/pid");
      expect(await askInTurn(workers.clients, 4, origins.all)).toBe("b c a b");
    }
    await reloadWith(server, (text) => text.replace(`127.0.0.1:${origins.all[0]?.port} ;`, `127.0.0.1:${origins.all[0]?.port} weight=2;`));
    using workers = await clientsOfWorkers(server.port(), 2, "/pid");
    expect(await askInTurn(workers.clients, 4, origins.all)).toBe("a b c a");
  });

  test("counts the connections of workers that still have them", async () => {
    await using origins = await startOrigins(1);
    await using server = await startForegate({ conf: conf(2, `zone z 64k; ${serverLines(origins.all, "max_conns=2")}`) });
    const asked = holdMany(server, 2);
    await waitUntil("both requests", () => origins.all[0]?.held() === 2 || undefined);
    const before = workerPids(server.pid);
    server.signal("SIGHUP");
    await waitUntil("the reload", () => server.errorLog().includes("reconfigured") || undefined);
    using workers = await clientsOfWorkers(server.port(), 2, "/pid");
    const others = workers.clients.filter(({ pid }) => !before.includes(Number(pid)));
    expect((await others[0]?.ask("/"))?.status).toBe(502);
    origins.all[0]?.release();
    expect(await asked).toEqual([200, 200]);
    // The master hears of it from one worker maybe after the other has asked.
    await waitUntil("a free place", async () => (await others[0]?.ask("/"))?.status === 200 || undefined);
  });
});

describe("a master that stands still", () => {
  test("holds nobody up: each worker chooses by itself, says so, and asks again afterwards", async () => {
    await using origins = await startOrigins(2);
    await using server = await startForegate({ conf: conf(2, `zone z 64k; ${serverLines(origins.all)}`) });
    server.claim(/the master does not answer: each worker chooses upstream servers by itself/);
    using workers = await clientsOfWorkers(server.port(), 2, "/pid");
    server.signal("SIGSTOP");
    try {
      expect((await askInTurn(workers.clients, 20, origins.all)).split(" ")).toHaveLength(20);
    } finally {
      server.signal("SIGCONT");
    }
    const lines = server.errorLog().match(/each worker chooses upstream servers by itself/g) ?? [];
    expect(lines).toHaveLength(2);
    // Whether a worker has been heard again is seen by the sequence being one.
    await waitUntil(
      "one sequence",
      async () => /^(?:a b a b|b a b a)$/.test(await askInTurn(workers.clients, 4, origins.all)) || undefined,
    );
    const sequence = await askInTurn([...workers.clients, ...workers.clients.slice(1), ...workers.clients], 15, origins.all);
    expect(sequence).toMatch(/^(?:a b ){7}a$|^(?:b a ){7}b$/);
  });
});
