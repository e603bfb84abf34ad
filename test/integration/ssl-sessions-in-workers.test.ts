/** `ssl_session_cache shared:` with several workers: a session is taken up by whichever of them answers. */

import { constants } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { askTls } from "../harness/tls-client.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { workerPids } from "./process-state.ts";

const certificates = temporaryCertificates();

const conf = `
worker_processes 2;
http {
  ssl_certificate ${certificates.server.certificate};
  ssl_certificate_key ${certificates.server.key};
  ssl_session_cache shared:SSL:1m;
  server { listen 127.0.0.1:%%PORT%% ssl; server_name a.test; return 200 "$pid $ssl_session_reused"; }
  server { listen 127.0.0.1:%%PORT%% ssl; server_name ciphers.test; ssl_ciphers AES256; return 200 "$pid $ssl_session_reused"; }
  server {
    listen 127.0.0.1:%%PORT%% ssl; server_name verified.test;
    ssl_verify_client optional; ssl_client_certificate ${certificates.ca.certificate};
    return 200 "$pid $ssl_session_reused";
  }
  server { listen 127.0.0.1:%%PORT%% ssl; server_name short.test; ssl_session_timeout 1s; return 200 "$pid $ssl_session_reused"; }
}`;

interface Visit {
  readonly pid: string;
  /** "r" or "." */
  readonly reused: string;
  readonly session: Buffer | undefined;
}

/** A client that takes no tickets. */
async function visit(server: RunningServer, servername = "a.test", session?: Buffer): Promise<Visit> {
  const { answer, ...seen } = await askTls({
    port: server.port(),
    servername,
    session,
    maxVersion: "TLSv1.2",
    secureOptions: constants.SSL_OP_NO_TICKET,
  });
  const [pid = "", reused = ""] = answer?.body.split(" ") ?? [];
  return { pid, reused, session: seen.session };
}

/** Connections at once reach both workers. */
function visitAtOnce(server: RunningServer, times: number, session: Buffer | undefined): Promise<readonly Visit[]> {
  return Promise.all(Array.from({ length: times }, () => visit(server, "a.test", session)));
}

const SILENCE = "the master does not answer: TLS handshakes are full ones meanwhile";

/** Visits again as long as a busy machine explains that a session was not taken up: workers say when their master is too slow for them. */
async function visitAnswered(server: RunningServer, visitAll: () => Promise<readonly Visit[]>): Promise<readonly Visit[]> {
  let visits = await visitAll();
  while (reusedOf(visits).includes(".") && server.errorLog().includes(SILENCE)) visits = await visitAll();
  return visits;
}

/** Connections at once that offer one session. */
function takeUp(server: RunningServer, times: number, session: Buffer | undefined): Promise<readonly Visit[]> {
  return visitAnswered(server, () => visitAtOnce(server, times, session));
}

/** Which worker accepts is the system's choice: visits again until both have. */
async function reachBoth(visitAll: () => Promise<readonly Visit[]>): Promise<readonly Visit[]> {
  const visits: Visit[] = [];
  await waitUntil("answers of both workers", async () => {
    visits.push(...(await visitAll()));
    return pidsOf(visits).length === 2 || undefined;
  });
  return visits;
}

const reusedOf = (visits: readonly Visit[]): readonly string[] => [...new Set(visits.map(({ reused }) => reused))];
const pidsOf = (visits: readonly Visit[]): readonly string[] => [...new Set(visits.map(({ pid }) => pid))];

async function reload(server: RunningServer, change: (text: string) => string = (text) => text): Promise<void> {
  const path = join(server.dir, "nginx.conf");
  writeFileSync(path, change(readFileSync(path, "latin1")), "latin1");
  const before = workerPids(server.pid);
  server.signal("SIGHUP");
  await waitUntil("other workers", () => workerPids(server.pid).every((pid) => !before.includes(pid)) || undefined);
}

describe("several workers", () => {
  test("take up a session of any of them", async () => {
    await using server = await startForegate({ conf });
    const first = await reachBoth(() => visitAtOnce(server, 20, undefined));
    expect(reusedOf(first)).toEqual(["."]);
    for (const { session } of first) {
      const again = await takeUp(server, 4, session);
      expect(reusedOf(again)).toEqual(["r"]);
    }
    const often = await reachBoth(() => takeUp(server, 40, first[0]?.session));
    expect(reusedOf(often)).toEqual(["r"]);
  });

  test("take it up right after the handshake that made it", async () => {
    await using server = await startForegate({ conf });
    const crossings: boolean[] = [];
    const visitTwice = async (): Promise<Visit> => {
      const first = await visit(server);
      const second = await visit(server, "a.test", first.session);
      crossings.push(first.pid !== second.pid);
      return second;
    };
    const seconds = await visitAnswered(server, () => Promise.all(Array.from({ length: 60 }, visitTwice)));
    expect(reusedOf(seconds)).toEqual(["r"]);
    expect(crossings).toContain(true);
  });

  test("keep sessions of killed workers", async () => {
    await using server = await startForegate({ conf });
    server.claim(/exited on signal 9/);
    const { session } = await visit(server);
    const killed = workerPids(server.pid);
    for (const pid of killed) process.kill(pid, "SIGKILL");
    await waitUntil("other workers", () => workerPids(server.pid).filter((pid) => !killed.includes(pid)).length === 2 || undefined);
    const again = await takeUp(server, 10, session);
    expect(reusedOf(again)).toEqual(["r"]);
    expect(pidsOf(again).some((pid) => killed.includes(Number(pid)))).toBe(false);
  });

  test("keep sessions over a reload, unless the cache has another size", async () => {
    await using server = await startForegate({ conf });
    const { session } = await visit(server);
    await reload(server);
    expect(reusedOf(await takeUp(server, 10, session))).toEqual(["r"]);
    await reload(server, (text) => text.replace("shared:SSL:1m", "shared:SSL:2m"));
    expect(reusedOf(await visitAtOnce(server, 10, session))).toEqual(["."]);
  });

  test("end sessions after ssl_session_timeout", async () => {
    await using server = await startForegate({ conf });
    const { session } = await visit(server, "short.test");
    expect(reusedOf(await visitAnswered(server, async () => [await visit(server, "short.test", session)]))).toEqual(["r"]);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await visit(server, "short.test", session)).reused).toBe(".");
  });

  test.each(["verified.test", "ciphers.test"])("never take up a session of another server for %s", async (other) => {
    await using server = await startForegate({ conf });
    const { session } = await visit(server);
    for (let times = 0; times < 6; times++) expect((await visit(server, other, session)).reused).toBe(".");
    const own = await visit(server, other);
    for (let times = 0; times < 6; times++) expect((await visit(server, "a.test", own.session)).reused).toBe(".");
  });

  test("make full handshakes while the master does not answer", async () => {
    await using server = await startForegate({ conf });
    const { session } = await visit(server);
    server.signal("SIGSTOP");
    try {
      expect(reusedOf(await visitAtOnce(server, 10, session))).toEqual(["."]);
      expect(server.errorLog()).toContain(SILENCE);
    } finally {
      server.signal("SIGCONT");
    }
    await waitUntil("the master", async () => reusedOf(await visitAtOnce(server, 4, session))[0] === "r" || undefined);
    expect(reusedOf(await takeUp(server, 10, session))).toEqual(["r"]);
  });
});

describe("a single worker", () => {
  const alone = conf.replace("worker_processes 2", "worker_processes 1");

  test("hands its sessions to the one that follows at a reload, and to several", async () => {
    await using server = await startForegate({ conf: alone });
    const { session } = await visit(server);
    await reload(server);
    const handed = await waitUntil("a session that is taken up", async () => {
      const again = await visit(server, "a.test", session);
      return again.reused === "r" ? again : undefined;
    });
    expect(workerPids(server.pid)).toContain(Number(handed.pid));
    await reload(server, (text) => text.replace("worker_processes 1", "worker_processes 2"));
    await waitUntil("a session that is taken up", async () => (await visit(server, "a.test", session)).reused === "r" || undefined);
  });

  test("takes up those of several before it", async () => {
    await using server = await startForegate({ conf });
    const { session } = await visit(server);
    await reload(server, (text) => text.replace("worker_processes 2", "worker_processes 1"));
    await waitUntil("a session that is taken up", async () => (await visit(server, "a.test", session)).reused === "r" || undefined);
  });
});
