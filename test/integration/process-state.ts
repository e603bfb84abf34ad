/** What a running process holds, as Linux tells it (proc(5)). */

import { readdirSync, readFileSync } from "node:fs";

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

function statusField(pid: number, name: string): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(readFileSync(`/proc/${pid}/status`, "latin1"));
  if (line === null) throw new Error(`Cannot read "${name}" of process ${pid}`);
  return Number(line[1]);
}
