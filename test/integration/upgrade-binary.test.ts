/** USR2: another program takes over while this one serves, and the way back (nginx.org, Upgrading Executable on the Fly). */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { findFreePort } from "./free-port.ts";
import { isAlive } from "./is-alive.ts";
import { openClient } from "./open-client.ts";
import { workerPids } from "./process-state.ts";
import { runForegate } from "./run-program.ts";
import { startSteadyClients } from "./steady-clients.ts";

let dir = "";
let port = 0;
/** Masters to be ended with the test. */
const masters = new Set<number>();

beforeEach(async () => {
  dir = createPrefix({ "logs/": "" });
  port = await findFreePort();
  // A second address of another kind: its file must outlive the program that made it.
  writeFileSync(
    `${dir}/x.conf`,
    `error_log logs/error.log notice; worker_processes 2; events {}
     http { access_log off; server { listen 127.0.0.1:${port}; listen unix:${dir}/listen.sock; return 200 "answer"; } }\n`,
  );
});
afterEach(async () => {
  for (const pid of masters) if (isAlive(pid)) process.kill(pid, "SIGTERM");
  await waitUntil("the masters to end", () => ![...masters].some(isAlive) || undefined);
  masters.clear();
  removePrefix(dir);
});

function startDaemon(): number {
  expect(runForegate(["-p", dir, "-c", "x.conf"], dir)).toEqual({ code: 0, stdout: "", stderr: "" });
  return keep(pidIn("logs/foregate.pid"));
}

function keep(pid: number): number {
  masters.add(pid);
  return pid;
}

/** 0 while there is no such file. */
function pidIn(file: string): number {
  return existsSync(`${dir}/${file}`) ? Number(readFileSync(`${dir}/${file}`, "latin1")) : 0;
}

async function upgrade(former: number): Promise<number> {
  process.kill(former, "SIGUSR2");
  const next = await waitUntil("the next program", () => {
    const pid = pidIn("logs/foregate.pid");
    return pid !== 0 && pid !== former ? pid : undefined;
  });
  expect(pidIn("logs/foregate.pid.oldbin")).toBe(former);
  return keep(next);
}

const ended = (pid: number): Promise<true> => waitUntil(`process ${pid} to end`, () => (isAlive(pid) ? undefined : true));
const errorLog = (): string => readFileSync(`${dir}/logs/error.log`, "latin1");

async function ask(): Promise<string> {
  const client = openClient(port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  return client.closed;
}

describe("USR2", () => {
  test("starts the next program on the same sockets; QUIT ends the former; no request is lost", async () => {
    const former = startDaemon();
    const clients = startSteadyClients({ port, keepAlive: 1, fresh: 2 });
    const next = await upgrade(former);
    expect(workerPids(former)).toHaveLength(2);
    expect(workerPids(next)).toHaveLength(2);
    process.kill(former, "SIGQUIT");
    await ended(former);
    const answered = clients.answered();
    await waitUntil("answers of the next program", () => clients.answered() > answered + 5 || undefined);
    expect(await clients.stop()).toEqual([]);
    expect(existsSync(`${dir}/listen.sock`)).toBe(true);
    expect(pidIn("logs/foregate.pid")).toBe(next);
    expect(existsSync(`${dir}/logs/foregate.pid.oldbin`)).toBe(false);
    process.kill(next, "SIGTERM");
    await ended(next);
    expect(existsSync(`${dir}/listen.sock`)).toBe(false);
    expect(errorLog()).not.toMatch(/\[(?:alert|emerg|crit)\]/);
  });

  test("WINCH and HUP to the former, QUIT to the next: back to the former, and no request is lost", async () => {
    const former = startDaemon();
    const clients = startSteadyClients({ port, keepAlive: 1, fresh: 2 });
    const next = await upgrade(former);
    process.kill(former, "SIGWINCH");
    await waitUntil("the former's workers to end", () => workerPids(former).length === 0 || undefined);
    writeFileSync(`${dir}/x.conf`, "broken: the former does not read it again");
    process.kill(former, "SIGHUP");
    await waitUntil("the former's workers to be back", () => workerPids(former).length === 2 || undefined);
    process.kill(next, "SIGQUIT");
    await ended(next);
    await waitUntil("the pid file to be back", () => pidIn("logs/foregate.pid") === former || undefined);
    const answered = clients.answered();
    await waitUntil("answers of the former program", () => clients.answered() > answered + 5 || undefined);
    expect(await clients.stop()).toEqual([]);
    expect(existsSync(`${dir}/listen.sock`)).toBe(true);
    expect(errorLog()).not.toMatch(/\[(?:alert|emerg|crit)\]/);
  });

  test("with a program that cannot start leaves all as it was", async () => {
    const former = startDaemon();
    writeFileSync(`${dir}/x.conf`, "broken");
    process.kill(former, "SIGUSR2");
    await waitUntil("the line", () => /new binary process \d+ exited with code 1\n/.test(errorLog()) || undefined);
    expect(pidIn("logs/foregate.pid")).toBe(former);
    expect(existsSync(`${dir}/logs/foregate.pid.oldbin`)).toBe(false);
    expect(await ask()).toMatch(/answer$/);
    expect(existsSync(`${dir}/listen.sock`)).toBe(true);
  });

  test("is not heeded while both programs live", async () => {
    const former = startDaemon();
    const next = await upgrade(former);
    for (const pid of [former, next]) process.kill(pid, "SIGUSR2");
    await waitUntil("both lines", () => errorLog().match(/changing the program is ignored/g)?.length === 2 || undefined);
    process.kill(former, "SIGQUIT");
    await ended(former);
    const third = await upgrade(next);
    expect(workerPids(third)).toHaveLength(2);
  });
});

describe("WINCH", () => {
  test("ends the workers and refuses nobody: HUP brings workers, and what waited is answered", async () => {
    const master = startDaemon();
    process.kill(master, "SIGWINCH");
    await waitUntil("the workers to end", () => workerPids(master).length === 0 || undefined);
    process.kill(master, "SIGUSR1");
    await waitUntil("word of a master without workers", () => /\(SIGUSR1\) received/.test(errorLog()) || undefined);
    const answer = ask();
    process.kill(master, "SIGHUP");
    expect(await answer).toMatch(/answer$/);
    expect(workerPids(master)).toHaveLength(2);
  });
});
