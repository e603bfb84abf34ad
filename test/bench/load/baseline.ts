/** The ratios to nginx that a change must not lose, kept in test/bench/baseline.json. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Row } from "./summary.ts";

export const BASELINE_FILE = "test/bench/baseline.json";
/** Far above the noise of a shared machine (about 10 %), below what a user would call slow. */
const LOSS_MAX = 1.25;
const DECIMALS = 2;
const OURS = ["foregate", "floor"];

/** Job, then server, then its CPU per request over nginx's. */
export type Baseline = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Loss {
  readonly job: string;
  readonly peer: string;
  readonly expected: number;
  /** Undefined when the server gave no figure. */
  readonly found: number | undefined;
}

/** The rows that are more than 25 % worse than the baseline, or have lost their figure. Servers without a baseline are not judged. */
export function findLosses(rows: readonly Row[], baseline: Baseline): Loss[] {
  return rows.flatMap(({ job, peer, ratio }) => {
    const expected = baseline[job]?.[peer];
    if (expected === undefined || (ratio !== undefined && ratio <= expected * LOSS_MAX)) return [];
    return [{ job, peer, expected, found: ratio }];
  });
}

/** The baseline with our rows' ratios in place of its own; the other peers are shown, not judged. */
export function updateBaseline(baseline: Baseline, rows: readonly Row[]): Baseline {
  const updated: Record<string, Record<string, number>> = structuredClone(baseline);
  for (const { job, peer, ratio } of rows) {
    if (ratio !== undefined && OURS.includes(peer)) updated[job] = { ...updated[job], [peer]: Number(ratio.toFixed(DECIMALS)) };
  }
  return updated;
}

/** Reads the file below the package's root, the folder that npm runs scripts in. */
export function readBaseline(): Baseline {
  // The shape holds: writeBaseline() alone writes it.
  return JSON.parse(readFileSync(BASELINE_FILE, "utf8")) as Baseline;
}

export function writeBaseline(baseline: Baseline): void {
  writeFileSync(BASELINE_FILE, `${JSON.stringify(baseline, null, 2)}\n`);
}
