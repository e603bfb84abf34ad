/** The ratios to nginx that a change must not lose, kept in test/bench/baseline.json. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Row } from "./summary.ts";

export const BASELINE_FILE = "test/bench/baseline.json";
/** Far above the noise of a shared machine (about 10 %), below what a user would call slow. */
const LOSS_MAX = 1.25;
const DECIMALS = 2;
/** The other peers and the floor are shown, not judged. */
const JUDGED = "foregate";

/** Job, then server, then its cost over nginx's. */
export type Baseline = Readonly<Record<string, Readonly<Record<string, number>>>>;

export interface Loss {
  readonly job: string;
  readonly peer: string;
  readonly expected: number;
  /** Undefined when the server gave no figure. */
  readonly found: number | undefined;
}

/** The rows that are more than 25 % worse than the baseline, or have lost their figure. */
export function findLosses(rows: readonly Row[], baseline: Baseline): Loss[] {
  return rows.flatMap(({ job, peer, ratio }) => {
    const expected = baseline[job]?.[peer];
    if (expected === undefined || (ratio !== undefined && ratio <= expected * LOSS_MAX)) return [];
    return [{ job, peer, expected, found: ratio }];
  });
}

/** The jobs of our rows that nothing is known of to compare with. */
export function findUnjudged(rows: readonly Row[], baseline: Baseline): string[] {
  return rows.filter(({ job, peer }) => peer === JUDGED && baseline[job]?.[peer] === undefined).map(({ job }) => job);
}

/** The baseline with our rows' ratios in place of its own. */
export function updateBaseline(baseline: Baseline, rows: readonly Row[]): Baseline {
  const updated: Record<string, Record<string, number>> = structuredClone(baseline);
  for (const { job, peer, ratio } of rows) {
    if (ratio !== undefined && peer === JUDGED) updated[job] = { ...updated[job], [peer]: Number(ratio.toFixed(DECIMALS)) };
  }
  return updated;
}

/** Reads the file below the package's root, the folder that npm runs scripts in; empty when there is none. */
export function readBaseline(): Baseline {
  if (!existsSync(BASELINE_FILE)) return {};
  // The shape holds: writeBaseline() alone writes it.
  return JSON.parse(readFileSync(BASELINE_FILE, "utf8")) as Baseline;
}

export function writeBaseline(baseline: Baseline): void {
  writeFileSync(BASELINE_FILE, `${JSON.stringify(baseline, null, 2)}\n`);
}
