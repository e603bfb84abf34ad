/** How many files this process may have open: Node.js takes all that it may (its soft limit is the hard one), and cannot ask for more. */

import { readFileSync } from "node:fs";

/** Infinity where the system does not tell. Source: proc(5). */
export function readOpenFilesLimit(): number {
  try {
    const line = /^Max open files\s+(\d+)\s/m.exec(readFileSync("/proc/self/limits", "latin1"));
    return line === null ? Number.POSITIVE_INFINITY : Number(line[1]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return Number.POSITIVE_INFINITY;
  }
}

/** What the runtime itself, logs and files that are being served take: an eighth, and a few that are always open. */
const ALWAYS_OPEN = 32;
const SERVED_SHARE = 8;

/** How many of the files that may be open can be connections; the rest is for logs, served files and temporary ones. */
export function connectionsWithin(filesMax: number): number {
  return Math.max(1, Math.floor(filesMax * (1 - 1 / SERVED_SHARE)) - ALWAYS_OPEN);
}
