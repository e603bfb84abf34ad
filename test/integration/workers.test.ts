/** Workers: how many, what they are called and who they are, and what happens when one dies. */

import { chmodSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { isAlive } from "./is-alive.ts";
import { titleOf, userIdOf, workerPid, workerPids } from "./process-state.ts";
import { startSteadyClients } from "./steady-clients.ts";

const CONF = `http { server { listen 127.0.0.1:%%PORT%%; location / { return 200 "$pid"; } } }`;
const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const isRoot = process.geteuid?.() === 0;
const NOBODY = Number(/^nobody:[^:]*:(\d+):/m.exec(readFileSync("/etc/passwd", "latin1"))?.[1]);

type Server = Awaited<ReturnType<typeof startForegate>>;

async function bodyOf(server: Server): Promise<string> {
  const { answers } = await server.exchange(REQUEST);
  return answers[0]?.body.toString() ?? "";
}

describe("worker_processes", () => {
  test("starts as many workers, with titles as nginx's, and $pid is that of the one that answers", async () => {
    await using server = await startForegate({ conf: `worker_processes 3;\n${CONF}` });
    const pids = workerPids(server.pid);
    expect(pids).toHaveLength(3);
    expect(pids.map(titleOf)).toEqual(Array(3).fill("foregate: worker process"));
    expect(titleOf(server.pid)).toMatch(/^foregate: master process \//);
    expect(pids).toContain(Number(await bodyOf(server)));
    for (const pid of pids) expect(server.errorLog()).toContain(`start worker process ${pid}\n`);
  });

  test("off with master_process, one process serves", async () => {
    await using server = await startForegate({ conf: `master_process off;\nworker_processes 3;\n${CONF}` });
    expect(workerPids(server.pid)).toEqual([]);
    expect(await bodyOf(server)).toBe(String(server.pid));
  });

  test("all end with the master, whatever ended it", async () => {
    const server = await startForegate({ conf: `worker_processes 2;\n${CONF}` });
    const pids = workerPids(server.pid);
    server.signal("SIGKILL");
    await server.exit;
    await waitUntil("the workers to end", () => !pids.some(isAlive) || undefined);
    await server.stop();
  });
});

describe("a worker that is killed", () => {
  test("is replaced, no connection is refused, and one [alert] says so", async () => {
    await using server = await startForegate({ conf: CONF });
    server.claim(/worker process \d+ exited on signal 9/);
    const clients = startSteadyClients({ port: server.port(), keepAlive: 0, fresh: 2 });
    const first = workerPid(server.pid);
    await waitUntil("answers", () => clients.answered() > 5 || undefined);
    process.kill(first, "SIGKILL");
    const second = await waitUntil("another worker", () => workerPids(server.pid).find((pid) => pid !== first));
    await waitUntil("the other worker's answer", async () => Number(await bodyOf(server)) === second || undefined);
    const lost = await clients.stop();
    // What the killed worker had accepted is lost with it: at most a request of each client.
    expect(lost.filter((failure) => failure.includes("ECONNREFUSED"))).toEqual([]);
    expect(lost.length).toBeLessThanOrEqual(2);
    expect(server.errorLog().match(new RegExp(`\\[alert\\] .*worker process ${first} exited on signal 9\n`, "g"))).toHaveLength(1);
  });

  test("again and again is replaced ever more slowly", async () => {
    await using server = await startForegate({ conf: CONF });
    server.claim(/worker process \d+ exited on signal 9/);
    const startedAtMs: number[] = [];
    let last = 0;
    for (let deaths = 0; deaths < 4; deaths++) {
      last = await waitUntil("the next worker", () => workerPids(server.pid).find((pid) => pid !== last));
      startedAtMs.push(performance.now());
      process.kill(last, "SIGKILL");
    }
    const waits = startedAtMs.slice(1).map((atMs, index) => atMs - (startedAtMs[index] ?? 0));
    // 0, 100 and 200 ms, and what a start takes.
    expect(waits[1]).toBeGreaterThan(100);
    expect(waits[2]).toBeGreaterThan(200);
  });

  test("while it is asked to end is not replaced", async () => {
    const server = await startForegate({ conf: CONF });
    server.signal("SIGTERM");
    expect(await server.exit).toEqual({ code: 0, signal: null });
    expect(server.errorLog().match(/start worker process \d+/g)).toHaveLength(1);
    await server.stop();
  });
});

describe("signals to a worker", () => {
  test("QUIT ends it gracefully, and another takes its place", async () => {
    await using server = await startForegate({ conf: CONF });
    const first = workerPid(server.pid);
    process.kill(first, "SIGQUIT");
    await waitUntil("another worker", () => workerPids(server.pid).find((pid) => pid !== first));
    expect(server.errorLog()).toContain(`worker process ${first} exited with code 0\n`);
    expect(server.errorLog()).toMatch(new RegExp(`${first}#${first}: signal 3 \\(SIGQUIT\\) received, shutting down`));
  });

  test("HUP is ignored", async () => {
    await using server = await startForegate({ conf: CONF });
    const first = workerPid(server.pid);
    process.kill(first, "SIGHUP");
    await waitUntil("the line", () => server.errorLog().includes("signal 1 (SIGHUP) received, ignoring") || undefined);
    expect(await bodyOf(server)).toBe(String(first));
  });
});

describe("env", () => {
  test("is all that workers get of the environment", async () => {
    await using server = await startForegate({
      conf: `env KEPT;\nenv MADE=a b;\n${CONF}`.replace("MADE=a b", '"MADE=a b"'),
      env: { KEPT: "x", LOST: "y", TZ: "UTC" },
    });
    const environment = readFileSync(`/proc/${workerPid(server.pid)}/environ`, "latin1").split("\0");
    expect(environment).toEqual(expect.arrayContaining(["KEPT=x", "MADE=a b", "TZ=UTC"]));
    expect(environment.filter((each) => /^(LOST|PATH|HOME)=/.test(each))).toEqual([]);
  });
});

describe.runIf(isRoot)("user", () => {
  const conf = `user nobody nogroup;\n${CONF}`.replace("http {", "http { client_body_temp_path body;");

  test("is who the workers are, and whose temporary directories are", async () => {
    await using server = await startForegate({ conf });
    expect(userIdOf(workerPid(server.pid))).toBe(NOBODY);
    expect(userIdOf(server.pid)).toBe(0);
    expect(statSync(join(server.dir, "body")).uid).toBe(NOBODY);
    expect(await bodyOf(server)).not.toBe("");
  });

  test("gets the logs that USR1 makes, so that workers can write to them", async () => {
    await using server = await startForegate({ conf });
    // The harness's directory is its owner's alone.
    chmodSync(server.dir, 0o755);
    await bodyOf(server);
    const access = join(server.dir, "logs/access.log");
    await waitUntil("the first line", () => readFileSync(access, "latin1") !== "" || undefined);
    renameSync(access, `${access}.1`);
    server.signal("SIGUSR1");
    await waitUntil("the new file", async () => {
      await bodyOf(server);
      return statSync(access, { throwIfNoEntry: false })?.uid === NOBODY && readFileSync(access, "latin1") !== "" ? true : undefined;
    });
  });

  test("that does not exist ends the start in nginx's words", async () => {
    await expect(startForegate({ conf: `user nosuch;\n${CONF}` })).rejects.toThrow(/foregate: \[emerg\] getpwnam\("nosuch"\) failed/);
  });
});
