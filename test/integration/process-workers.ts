/** Which processes of a server serve: its workers, or itself where it has none (`master_process off`). Source: proc(5). */

import { readdirSync, readFileSync } from "node:fs";

/** Process ids in ascending order, with nginx-like titles: cache managers and the like are left out. */
export function workersOf(pid: number): readonly number[] {
  const workers = childrenOf(pid).filter((child) => titleOf(child).includes("worker process"));
  return workers.length === 0 ? [pid] : workers.sort((a, b) => a - b);
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "latin1").split(" ").filter(Boolean).map(Number),
  );
}

/** "" for a process that has ended since it was listed. */
function titleOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return "";
    throw error;
  }
}
