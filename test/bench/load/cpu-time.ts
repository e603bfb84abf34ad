/** CPU time of a process and everything it started, from /proc/PID/stat (proc_pid_stat(5)). */
import { readdirSync, readFileSync } from "node:fs";

/** Linux reports these times in 1/100 s to user space on every platform Node runs on (sysconf(_SC_CLK_TCK)). */
const TICK_MICROSECONDS = 10_000;

interface ProcessTimes {
  readonly parentPid: number;
  readonly ticks: number;
}

/** User and system time in µs of `pid`, its living descendants, and those of their children that have ended and been waited for. */
export function cpuMicrosecondsOf(pid: number): number {
  const processes = readProcesses();
  let ticks = 0;
  const pending = [pid];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    ticks += processes.get(next)?.ticks ?? 0;
    for (const [child, { parentPid }] of processes) if (parentPid === next) pending.push(child);
  }
  return ticks * TICK_MICROSECONDS;
}

function readProcesses(): Map<number, ProcessTimes> {
  const processes = new Map<number, ProcessTimes>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const times = readStat(entry);
    if (times !== undefined) processes.set(Number(entry), times);
  }
  return processes;
}

/** Undefined when the process ended between the listing and the reading. */
function readStat(pid: string): ProcessTimes | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  }
  // The second field, the program's name in parentheses, may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [utime, stime, cutime, cstime] = fields.slice(11, 15).map(Number);
  return { parentPid: Number(fields[1]), ticks: (utime ?? 0) + (stime ?? 0) + (cutime ?? 0) + (cstime ?? 0) };
}
