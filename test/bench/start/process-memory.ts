/** Memory of a process, as Linux tells it (proc_pid_smaps_rollup(5)), and which one it is. */
import { readFileSync } from "node:fs";

export interface ProcessMemory {
  readonly residentKb: number;
  /** What it shares is divided by those who share it. */
  readonly proportionalKb: number;
}

/** Of one process. Throws when it has ended. */
export function memoryOf(pid: number): ProcessMemory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
  return { residentKb: fieldOf(rollup, "Rss"), proportionalKb: fieldOf(rollup, "Pss") };
}

/** The one worker of a master, told by the title that nginx and foregate give it. Throws when there is not exactly one. */
export function workerOf(master: number): number {
  const children = readFileSync(`/proc/${master}/task/${master}/children`, "latin1").trim().split(" ").filter(Boolean).map(Number);
  const [worker, ...others] = children.filter((pid) => /^\w+: worker process/.test(readFileSync(`/proc/${pid}/cmdline`, "latin1")));
  if (worker === undefined || others.length > 0)
    throw new Error(`Process ${master} has not one worker, but of its children ${children.join(", ")}`);
  return worker;
}

function fieldOf(rollup: string, name: string): number {
  const value = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(rollup)?.[1];
  if (value === undefined) throw new Error(`Cannot find "${name}" in ${rollup}`);
  return Number(value);
}
