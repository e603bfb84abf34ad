/** What a soak does to the server while the load goes on: reloads, killed workers, restarted upstreams. One thing at a time, in turn. */

import { setTimeout as pause } from "node:timers/promises";
import { waitUntil } from "../harness/wait-until.ts";
import type { Backend, Backends } from "./backends.ts";
import type { Kind, Ledger } from "./ledger.ts";
import type { Front } from "./start-front.ts";

/** Between one and the next: longer than fail_timeout, so that a group has all its servers again. */
const EVERY_MS = 1500;
const RELOAD_DEADLINE_MS = 30_000;

/** Goes on until `stopping`; resolves with how often each thing was done. */
export async function disturb(front: Front, backends: Backends, ledger: Ledger, stopping: AbortSignal): Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  const restarts: (readonly [name: string, kinds: readonly Kind[], backend: Backend])[] = [
    ...backends.http.map((backend) => ["restart of an origin", ["proxy"], backend] as const),
    ...backends.uwsgi.map((backend) => ["restart of an application", ["uwsgi", "upload"], backend] as const),
  ];
  for (let turn = 0; !stopping.aborted; turn++) {
    await pause(EVERY_MS, undefined, { signal: stopping }).catch(() => undefined);
    if (stopping.aborted) break;
    const restart = restarts[turn % restarts.length];
    const name = turn % 3 === 0 ? "reload" : turn % 3 === 1 ? "kill -9 of a worker" : (restart?.[0] ?? "");
    if (turn % 3 === 0) await reload(front, ledger);
    else if (turn % 3 === 1) await killWorker(front, ledger);
    else if (restart !== undefined) await restartUpstream(restart[2], restart[1], ledger);
    done[name] = (done[name] ?? 0) + 1;
  }
  return done;
}

/** New workers do not count before the master says that they serve: to end one sooner makes it go back to the former configuration. */
async function reload(front: Front, ledger: Ledger): Promise<void> {
  const reloads = reconfigurations(front);
  ledger.addReload();
  front.reload();
  await waitUntil("the workers of the new configuration", () => reconfigurations(front) > reloads || undefined, RELOAD_DEADLINE_MS);
}

function reconfigurations(front: Front): number {
  return front.errorLog().match(/\[notice\] [^\n]*: reconfigured$/gm)?.length ?? 0;
}

/** The newest: former ones may be about to end by themselves. */
async function killWorker(front: Front, ledger: Ledger): Promise<void> {
  const worker = front.workers().at(-1);
  if (worker === undefined || worker === front.pid) return;
  const former = new Set(front.workers());
  const cut = ledger.addCut({ worker });
  process.kill(worker, "SIGKILL");
  await waitUntil("another worker in its place", () => front.workers().some((pid) => !former.has(pid)) || undefined);
  cut.toMs = performance.now();
}

async function restartUpstream(backend: Backend, kinds: readonly Kind[], ledger: Ledger): Promise<void> {
  const cuts = kinds.map((upstream) => ledger.addCut({ upstream }));
  await backend.restart();
  for (const cut of cuts) cut.toMs = performance.now();
}
