/** What processes hold over time: resident memory and open files, and the line that fits them best. */

import { isAlive } from "../integration/is-alive.ts";
import { openFiles, residentMemoryMb } from "../integration/process-state.ts";

export interface Growth {
  readonly pid: number;
  readonly samples: number;
  /** Of the fitted line, from the first sample to the last. */
  readonly memoryMb: number;
  readonly files: number;
  readonly memoryAtEndMb: number;
  /** It ended while it was watched. */
  readonly isGone: boolean;
}

interface Sample {
  readonly atMs: number;
  readonly memoryMb: number;
  readonly files: number;
}

const EVERY_MS = 250;

/** Begins to watch; `stop` ends it and tells how much each process grew. */
export function watchProcesses(pids: readonly number[]): { stop(): readonly Growth[] } {
  const samples = new Map<number, Sample[]>(pids.map((pid) => [pid, []]));
  const look = (): void => {
    for (const [pid, list] of samples)
      if (isAlive(pid)) list.push({ atMs: performance.now(), memoryMb: residentMemoryMb(pid), files: openFiles(pid) });
  };
  look();
  const timer = setInterval(look, EVERY_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return [...samples].map(([pid, list]) => ({
        pid,
        samples: list.length,
        memoryMb: fittedGrowth(list, ({ memoryMb }) => memoryMb),
        files: fittedGrowth(list, ({ files }) => files),
        memoryAtEndMb: list.at(-1)?.memoryMb ?? 0,
        isGone: !isAlive(pid),
      }));
    },
  };
}

/** Least squares: the slope times the time from the first sample to the last. */
export function fittedGrowth<S extends { readonly atMs: number }>(samples: readonly S[], value: (sample: S) => number): number {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || first === last) return 0;
  const meanAt = samples.reduce((sum, { atMs }) => sum + atMs, 0) / samples.length;
  const mean = samples.reduce((sum, sample) => sum + value(sample), 0) / samples.length;
  const covariance = samples.reduce((sum, sample) => sum + (sample.atMs - meanAt) * (value(sample) - mean), 0);
  const variance = samples.reduce((sum, { atMs }) => sum + (atMs - meanAt) ** 2, 0);
  return (covariance / variance) * (last.atMs - first.atMs);
}
