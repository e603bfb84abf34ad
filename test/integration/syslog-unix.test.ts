/** logger(1), which sends to unix domain sockets, comes and goes with those who log. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { recordUnixDatagrams } from "../harness/unix-datagram-recorder.ts";
import { waitUntil } from "../harness/wait-until.ts";

let folder: string;
let socket: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "foregate-syslog-"));
  socket = join(folder, "s");
});
afterEach(() => rmSync(folder, { recursive: true }));

function start(globals = ""): Promise<RunningServer> {
  const conf = `
${globals}
http {
  log_format line 'pid=$pid $request_uri';
  access_log syslog:server=unix:${socket},tag=x,nohostname line;
  server { listen 127.0.0.1:%%PORT%%; location / { return 200 x; } }
}`;
  return startForegate({ conf });
}

/** The processes that send to the test's socket. */
function loggers(): readonly string[] {
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || !existsSync(`/proc/${pid}/cmdline`)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "latin1").startsWith(`logger\0--udp\0--socket=${socket}`);
    } catch (error) {
      // It ended between the two looks.
      if (["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
      throw error;
    }
  });
}

const noneLeft = (): Promise<true> => waitUntil("the end of every logger", () => loggers().length === 0 || undefined);

requireOracle("unix datagrams")("syslog over a unix domain socket", () => {
  test("a reload ends the former worker's logger, and no line is lost", async () => {
    const recorder = await recordUnixDatagrams(socket);
    const server = await start();
    expect(loggers()).toEqual([]);
    await server.exchange(get("/before"));
    await recorder.receive(1);
    const former = loggers();
    expect(former).toHaveLength(1);
    server.signal("SIGHUP");
    await waitUntil("another worker", async () => {
      await server.exchange(get("/after"));
      return new Set(recorder.received.map((line) => /pid=\d+/.exec(line)?.[0])).size === 2 || undefined;
    });
    await waitUntil("the end of the former logger", () => loggers().every((pid) => !former.includes(pid)) || undefined);
    await server.exchange(get("/last"));
    await waitUntil("the last line", () => recorder.received.some((line) => line.endsWith(" /last")) || undefined);
    await server.stop();
    await noneLeft();
    await recorder.close();
  });

  test("no logger outlives the server, not even behind a daemon at rest", async () => {
    const recorder = await recordUnixDatagrams(socket);
    const server = await start();
    await server.exchange(get("/first"));
    await recorder.receive(1);
    recorder.pause();
    // More than the daemon's queue takes.
    for (let i = 0; i < 300; i++) await server.exchange(get(`/${"x".repeat(2000)}`));
    expect(loggers()).toHaveLength(1);
    await server.stop();
    expect(loggers()).toEqual([]);
    await recorder.close();
  });

  test("a worker that is killed leaves no logger behind", async () => {
    const recorder = await recordUnixDatagrams(socket);
    const server = await start();
    await server.exchange(get("/"));
    await recorder.receive(1);
    const [former] = loggers();
    server.claim(/\[alert\] .*exited on signal 9/);
    process.kill(Number(/pid=(\d+)/.exec(recorder.received[0] ?? "")?.[1]), "SIGKILL");
    await waitUntil("the end of its logger", () => !loggers().includes(former ?? "") || undefined);
    await server.stop();
    await recorder.close();
  });

  test("lines written before a quit arrive", async () => {
    const recorder = await recordUnixDatagrams(socket);
    const server = await start("master_process off;");
    const { answers } = await server.exchange(Array.from({ length: 50 }, (_, at) => get(`/${at}`)).join(""), { answers: 50 });
    expect(answers).toHaveLength(50);
    await server.stop();
    await recorder.receive(50);
    expect(recorder.received.map((line) => line.replace(/.*\//, ""))).toEqual(Array.from({ length: 50 }, (_, at) => String(at)));
    await noneLeft();
    await recorder.close();
  });

  test("requests are answered while there is no socket, and the error log says so", async () => {
    const server = await start();
    expect((await server.exchange(get("/lost"))).answers[0]?.status).toBe(200);
    const line = `send() to syslog server "unix:${socket}" failed (logger: socket ${socket}: No such file or directory)`;
    await waitUntil("the loss in the error log", () => server.errorLog().includes(line) || undefined);
    const recorder = await recordUnixDatagrams(socket);
    await waitUntil("a line", async () => {
      await server.exchange(get("/found"));
      return recorder.received.length > 0 || undefined;
    });
    await server.stop();
    await recorder.close();
  });
});
