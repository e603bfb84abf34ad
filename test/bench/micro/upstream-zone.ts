/**
 * What `zone` in an upstream block costs: µs of CPU a proxied request, in the workers and in their master. Needs wrk and a built dist/.
 * Run from the project's folder: node test/bench/micro/upstream-zone.ts [seconds] (Node 24).
 */

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../load/free-port.ts";

interface Case {
  readonly name: string;
  readonly workers: number;
  readonly group: string;
}

interface Cost {
  readonly requests: number;
  readonly workerUs: number;
  readonly masterUs: number;
}

const CASES: readonly Case[] = [
  { name: "one worker", workers: 1, group: "" },
  { name: "one worker, zone", workers: 1, group: "zone z 64k;" },
  { name: "two workers", workers: 2, group: "" },
  { name: "two workers, zone", workers: 2, group: "zone z 64k;" },
  { name: "two workers, zone, hash", workers: 2, group: "zone z 64k; hash $uri;" },
  { name: "two workers, zone, least_conn", workers: 2, group: "zone z 64k; least_conn;" },
];
const ROUNDS = 5;
const CONNECTIONS = 32;
const SECONDS = Number(process.argv[2] ?? 2);

/** Answers every head with a few bytes: little beside what is measured. */
async function startOrigin(): Promise<Server> {
  const answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const origin = createServer((socket) => {
    socket.setEncoding("latin1").setNoDelay(true);
    socket.on("data", (text) => socket.write(answer.repeat(text.toString().split("\r\n\r\n").length - 1)));
    socket.on("error", () => socket.destroy());
  }).listen(0, "127.0.0.1");
  await once(origin, "listening");
  return origin;
}

async function startProxy(directory: string, { workers, group }: Case, port: number, origins: readonly number[]): Promise<ChildProcess> {
  const conf = join(directory, "nginx.conf");
  const servers = origins.map((origin) => `server 127.0.0.1:${origin};`).join(" ");
  writeFileSync(
    conf,
    `worker_processes ${workers}; daemon off; pid ${directory}/pid; error_log ${directory}/error.log;
     events {} http { access_log off; upstream u { ${group} ${servers} }
     server { listen 127.0.0.1:${port}; location / { proxy_pass http://u; } } }`,
  );
  const child = spawn(process.execPath, ["dist/foregate.js", "-p", directory, "-c", conf], { stdio: ["ignore", "inherit", "inherit"] });
  const deadline = Date.now() + 10_000;
  while (!(await answers(port))) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`Cannot start: ${readFileSync(join(directory, "error.log"), "utf8")}`);
  }
  return child;
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    (response) => response.ok,
    () => false,
  );
}

function workersOf(master: number): readonly number[] {
  return readFileSync(`/proc/${master}/task/${master}/children`, "latin1").trim().split(" ").map(Number);
}

/** User and system time in µs of one process, without its children: proc_pid_stat(5), in the 1/100 s that Linux tells. */
function cpuMicrosecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const [utime, stime] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return ((utime ?? 0) + (stime ?? 0)) * 10_000;
}

async function load(port: number, seconds: number): Promise<number> {
  const { stdout } = await promisify(execFile)("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, `http://127.0.0.1:${port}/`]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`Not all requests were answered:\n${stdout}`);
  return Number(/(\d+) requests in/.exec(stdout)?.[1]);
}

async function measure(measured: Case, directory: string, origins: readonly number[]): Promise<Cost> {
  const port = await freePort();
  const child = await startProxy(directory, measured, port, origins);
  const pid = child.pid ?? 0;
  const cpu = () => ({
    workers: workersOf(pid).reduce((sum, worker) => sum + cpuMicrosecondsOf(worker), 0),
    master: cpuMicrosecondsOf(pid),
  });
  try {
    await load(port, 1);
    const before = cpu();
    const requests = await load(port, SECONDS);
    const after = cpu();
    return { requests, workerUs: (after.workers - before.workers) / requests, masterUs: (after.master - before.master) / requests };
  } finally {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}

const directory = mkdtempSync(join(tmpdir(), "foregate-zone-bench-"));
mkdirSync(join(directory, "logs"));
const origins = [await startOrigin(), await startOrigin()];
try {
  const ports = origins.map((origin) => (origin.address() as AddressInfo).port);
  const costs = new Map<Case, Cost[]>(CASES.map((each) => [each, []]));
  // In turn, so that what else the machine does falls on all of them.
  for (let round = 0; round < ROUNDS; round++) for (const [each, seen] of costs) seen.push(await measure(each, directory, ports));
  for (const [{ name }, seen] of costs) {
    // What else the machine does can only add.
    const least = (of: (cost: Cost) => number): string => Math.min(...seen.map(of)).toFixed(1);
    const rate = Math.max(...seen.map(({ requests }) => requests / SECONDS)).toFixed(0);
    console.log(
      `${name.padEnd(30)} worker ${least((cost) => cost.workerUs)} µs, master ${least((cost) => cost.masterUs)} µs a request; ${rate}/s`,
    );
  }
} finally {
  for (const origin of origins) origin.close();
  rmSync(directory, { recursive: true });
  // Connections that the last server has kept open would keep this process.
  process.exit();
}
