/** What a running process holds, as Linux tells it (proc(5)). */

import { readdirSync, readFileSync } from "node:fs";

/** The workers of a master, in the order in which they were started. */
export function workerPids(master: number): readonly number[] {
  const children = readFileSync(`/proc/${master}/task/${master}/children`, "latin1");
  return children.trim().split(" ").filter(Boolean).map(Number).filter(isWorker);
}

/** The one worker of a master. */
export function workerPid(master: number): number {
  const [pid, ...others] = workerPids(master);
  if (pid === undefined || others.length > 0) throw new Error(`Process ${master} has not one worker: ${workerPids(master).join(", ")}`);
  return pid;
}

/** What ps(1) shows. */
export function titleOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, "latin1")
    .replace(/[\0 ]+$/, "")
    .replaceAll("\0", " ");
}

function isWorker(pid: number): boolean {
  try {
    return titleOf(pid).startsWith("foregate: worker process");
  } catch {
    // Gone between the list and the look.
    return false;
  }
}

/** Open file descriptors. */
export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}

/** The most memory it ever had resident, in megabytes. */
export function peakMemoryMb(pid: number): number {
  return statusField(pid, "VmHWM") / 1024;
}

/** Memory that is resident now, in megabytes. */
export function residentMemoryMb(pid: number): number {
  return statusField(pid, "VmRSS") / 1024;
}

/** The effective user. */
export function userIdOf(pid: number): number {
  return Number(/^Uid:\s+\d+\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]);
}

function statusField(pid: number, name: string): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  if (line === null) throw new Error(`Cannot read "${name}" of process ${pid}`);
  return Number(line[1]);
}
