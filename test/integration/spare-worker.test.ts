/** A worker's program starts before the configuration is read, so that a master and its worker load side by side. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ServerProcess } from "../harness/server-process.ts";
import { FOREGATE_PATH } from "../harness/start-foregate.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { findFreePort } from "./free-port.ts";
import { isAlive } from "./is-alive.ts";
import { workerPids } from "./process-state.ts";

let dir = "";
let master: ServerProcess;
beforeEach(() => {
  dir = createPrefix({ "logs/": "" });
  // Nobody can have read the configuration before it is written.
  execFileSync("mkfifo", [`${dir}/late.conf`]);
  master = new ServerProcess(process.execPath, [FOREGATE_PATH, "-p", dir, "-c", "late.conf"], { cwd: dir });
});
afterEach(async () => {
  await master.stop("SIGTERM");
  removePrefix(dir);
});

const spare = (): Promise<number> => waitUntil("a worker's program", () => workerPids(master.pid)[0]);
const http = async (): Promise<string> => `events {}\nhttp { access_log off; server { listen 127.0.0.1:${await findFreePort()}; } }\n`;

async function serving(): Promise<readonly number[]> {
  await waitUntil("the pid file", () => (existsSync(`${dir}/logs/foregate.pid`) ? true : undefined));
  return workerPids(master.pid);
}

test("becomes the first worker", async () => {
  const first = await spare();
  await writeFile(`${dir}/late.conf`, `daemon off;\nworker_processes 2;\n${await http()}`);
  const pids = await serving();
  expect(pids).toHaveLength(2);
  expect(pids).toContain(first);
});

test.each([
  ["workers have another environment", "env SPARE=1;\n", 1],
  ["nobody but this process serves", "master_process off;\n", 0],
])("ends where %s", async (_, directives, workers) => {
  const first = await spare();
  await writeFile(`${dir}/late.conf`, `daemon off;\n${directives}${await http()}`);
  const pids = await serving();
  await waitUntil("the end of it", () => !isAlive(first) || undefined);
  expect(pids.filter((pid) => pid !== first)).toHaveLength(workers);
});

test("ends with a start that is refused", async () => {
  const first = await spare();
  await writeFile(`${dir}/late.conf`, "no_such_directive;\n");
  expect((await master.exit).code).toBe(1);
  await waitUntil("the end of it", () => !isAlive(first) || undefined);
});
