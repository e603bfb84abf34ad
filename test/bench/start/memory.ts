/** What a worker holds when nothing happens, and what an idle keep-alive connection adds. */
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../load/free-port.ts";
import { showProgress } from "../load/progress.ts";
import type { Workspace } from "../load/workspace.ts";
import { smallServer, wholeConf } from "./conf.ts";
import type { Figure } from "./figure.ts";
import { memoryOf, workerOf } from "./process-memory.ts";
import { requestFor, type Subject, start } from "./subject.ts";

const RESIDENT_MB_MAX = 70;
const KB_A_CONNECTION_MAX = 8;
/** The garbage collector's own movements are as large as a thousand connections: so many more that they show above it. */
const CONNECTIONS = 8000;
const WARM_UP_CONNECTIONS = 200;
/** Connecting faster than the listen queue is emptied only makes clients wait. */
const AT_ONCE = 100;
/** A worker is idle when nothing has come for so long. */
const IDLE_MS = 2000;
/** The collector works when there is something to collect: requests in between keep it going. */
const SETTLING_ROUNDS = 40;
const REQUESTS_A_ROUND = 20;

/** Of each subject: its worker's resident memory after the start, and what each of 8,000 connections that have asked once takes. */
export async function measureMemory(subjects: readonly Subject[], workspace: Workspace): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const subject of subjects) {
    showProgress(`memory: ${subject.name}`);
    const port = await freePort();
    const url = new URL(`http://127.0.0.1:${port}/`);
    const server = await start(subject, wholeConf({ workers: 1, master: "on", http: [smallServer(port)] }), url, workspace);
    await delay(IDLE_MS);
    const worker = workerOf(server.pid);
    const idle = memoryOf(worker);

    // Clients of before have the worker's code compiled; few, for what they leave behind would be used again.
    for (const socket of await openMany(url, WARM_UP_CONNECTIONS)) socket.destroy();
    const before = await settledKb(worker, url);
    const held = await openMany(url, CONNECTIONS);
    const after = await settledKb(worker, url);
    for (const socket of held) socket.destroy();
    await server.stop();

    const isOurs = subject.name === "foregate";
    figures.push(
      {
        what: `${subject.name}, worker, resident`,
        value: idle.residentKb / 1024,
        unit: "MB",
        decimals: 1,
        ...(isOurs ? { bound: { kind: "at most", value: RESIDENT_MB_MAX } } : {}),
      },
      { what: `${subject.name}, worker, its share`, value: idle.proportionalKb / 1024, unit: "MB", decimals: 1 },
      {
        what: `${subject.name}, idle connection`,
        value: (after - before) / CONNECTIONS,
        unit: "KB",
        decimals: 1,
        ...(isOurs ? { bound: { kind: "at most", value: KB_A_CONNECTION_MAX } } : {}),
      },
    );
  }
  return figures;
}

async function openMany(url: URL, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(AT_ONCE, count - sockets.length) }, () => askOnce(url));
    sockets.push(...(await Promise.all(batch)));
  }
  return sockets;
}

/** A connection that has got one answer. */
function askOnce(url: URL): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    socket.once("error", reject);
    socket.once("data", () => resolve(socket));
    socket.write(requestFor(url), "latin1");
  });
}

/** The least that is resident while short connections come and go. */
async function settledKb(pid: number, url: URL): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < SETTLING_ROUNDS; round++) {
    const sockets = await Promise.all(Array.from({ length: REQUESTS_A_ROUND }, () => askOnce(url)));
    for (const socket of sockets) socket.destroy();
    least = Math.min(least, memoryOf(pid).residentKb);
  }
  return least;
}
