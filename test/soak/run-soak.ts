/** A soak: mixed load first with disturbances, to count what is lost, then without, to see what grows. All on the loopback interface. */

import { setTimeout as pause } from "node:timers/promises";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openFiles } from "../integration/process-state.ts";
import { type Backends, startBackends } from "./backends.ts";
import { runClients } from "./clients.ts";
import { disturb } from "./disturbances.ts";
import { KINDS, type Kind, Ledger } from "./ledger.ts";
import { type Front, startFront, WORKERS } from "./start-front.ts";
import { type Growth, watchProcesses } from "./watch-processes.ts";

export interface SoakReport {
  readonly ledger: Ledger;
  readonly disturbances: Readonly<Record<string, number>>;
  /** Of the master and the workers, while nothing was done to them. */
  readonly growth: readonly Growth[];
  /** What was found wrong; empty when all is well. */
  readonly faults: readonly string[];
}

/** The share of the time in which the server is disturbed; the rest is watched. */
const DISTURBED_SHARE = 0.6;
/** New workers fill their caches and have their code compiled. */
const WARM_UP_SHARE = 0.4;
const MEMORY_GROWTH_MAX_MB = 24;
/** In a short soak the collector of a new worker is still finding its pace. */
const SHORT_SECONDS = 120;
const SHORT_MEMORY_GROWTH_MAX_MB = 64;
const FILES_GROWTH_MAX = 10;
/** Kept connections to upstreams, logs, sockets, pipes. */
const FILES_AT_END_MAX = 64;
const LOG_LINES_SHOWN = 60;
const GRAVE = /\[(?:crit|alert|emerg)\]/;
/** What killing a worker makes the master write. */
const EXPECTED_GRAVE = /worker process \d+ exited on signal 9/;

/** Takes about `seconds`. Run in the repository's root, with the program built. */
export async function runSoak(seconds: number): Promise<SoakReport> {
  const dir = createPrefix();
  const backends = await startBackends(dir);
  const ledger = new Ledger();
  const memoryMaxMb = seconds < SHORT_SECONDS ? SHORT_MEMORY_GROWTH_MAX_MB : MEMORY_GROWTH_MAX_MB;
  try {
    const front = await startFront(dir, backends);
    try {
      const stopping = new AbortController();
      const calming = new AbortController();
      const load = runClients({ port: front.port, ledger, kinds: kindsFor(backends), stopping: stopping.signal });
      const disturbing = disturb(front, backends, ledger, calming.signal);
      await Promise.race([pause(seconds * 1000 * DISTURBED_SHARE), failFast(load), failFast(disturbing)]);
      calming.abort();
      const disturbances = await disturbing;
      const growth = await watchCalm(front, seconds * 1000 * (1 - DISTURBED_SHARE));
      stopping.abort();
      await load;
      return {
        ledger,
        disturbances,
        growth,
        faults: [...lossFaults(ledger), ...growthFaults(growth, memoryMaxMb), ...(await endFaults(front))],
      };
    } catch (cause) {
      const lastLines = front.errorLog().split("\n").slice(-LOG_LINES_SHOWN).join("\n");
      throw new Error(`The soak broke off: ${(cause as Error).message}; workers: ${front.workers().join(", ")}\n${lastLines}`, { cause });
    } finally {
      await front.stop();
    }
  } finally {
    await backends.stop();
    removePrefix(dir);
  }
}

/** Without uWSGI on the machine there is nothing to ask it. */
function kindsFor({ uwsgi }: Backends): readonly Kind[] {
  return uwsgi.length > 0 ? KINDS : ["static", "static-closing", "proxy", "websocket"];
}

async function watchCalm(front: Front, durationMs: number): Promise<readonly Growth[]> {
  await pause(durationMs * WARM_UP_SHARE);
  const watch = watchProcesses([front.pid, ...front.workers().slice(-WORKERS)]);
  await pause(durationMs * (1 - WARM_UP_SHARE));
  return watch.stop();
}

/** Rejects as soon as `task` does, and never resolves: for a race with the clock. */
function failFast(task: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => void task.catch(reject));
}

function lossFaults(ledger: Ledger): string[] {
  return ledger.lostInAll === 0 ? [] : [`${ledger.lostInAll} requests lost`, ...ledger.lossReasons];
}

function growthFaults(growth: readonly Growth[], memoryMaxMb: number): string[] {
  return growth.flatMap(({ pid, memoryMb, files, isGone }) => [
    ...(isGone ? [`process ${pid} ended though nobody asked it to`] : []),
    ...(memoryMb > memoryMaxMb ? [`process ${pid} grew by ${memoryMb.toFixed(1)} MB`] : []),
    ...(files > FILES_GROWTH_MAX ? [`process ${pid} opened ${files.toFixed(0)} files more`] : []),
  ]);
}

/** Once all clients are gone former workers end, and what was opened for clients is closed. */
async function endFaults(front: Front): Promise<string[]> {
  const faults: string[] = [];
  const grave = front
    .errorLog()
    .split("\n")
    .filter((line) => GRAVE.test(line) && !EXPECTED_GRAVE.test(line));
  faults.push(...grave.slice(0, 20));
  const settled = (): true | undefined =>
    front.workers().length === WORKERS && front.workers().every((pid) => openFiles(pid) < FILES_AT_END_MAX) ? true : undefined;
  await waitUntil("workers to settle", settled).catch(() => {
    const held = front.workers().map((pid) => `${pid}: ${openFiles(pid)} files`);
    faults.push(`after the load there are still workers with open files: ${held.join(", ")}`);
  });
  return faults;
}
