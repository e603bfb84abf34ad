/** Medians of the samples, ratios to nginx, and the table that shows them beside what is wanted. */
import type { Cell, Sample } from "./measure-job.ts";
import { renderTable } from "./render-table.ts";
import { judge, judgeLead, P99_MUST } from "./targets.ts";

export interface Row extends Sample {
  readonly job: string;
  readonly peer: string;
  /** Cost over nginx's for the same job in the same run; undefined without nginx. */
  readonly ratio: number | undefined;
  /** Beside the figure: what is wanted and whether it is so. */
  readonly verdict: string;
  readonly failure: string | undefined;
}

const REFERENCE = "nginx";
const OURS = "foregate";
const COLUMNS = ["job", "server", "req/s", "MB/s", "CPU µs/req", "p99 ms", "÷ nginx", "wanted"];

/** One row a cell; the figures of a cell without samples are NaN. `nodeMajor` is the Node that runs foregate. */
export function summarise(cells: readonly Cell[], nodeMajor: number): Row[] {
  return cells.map((cell) => {
    const figures = mediansOf(cell);
    const nginx = mediansOf(cells.find(({ job, peer }) => job === cell.job && peer === REFERENCE));
    const ours = mediansOf(cells.find(({ job, peer }) => job === cell.job && peer === OURS));
    const ratio = figures.cost / nginx.cost;
    return {
      ...figures,
      job: cell.job,
      peer: cell.peer,
      ratio: Number.isNaN(ratio) ? undefined : ratio,
      verdict: cell.peer === OURS ? verdictOf(cell.job, figures, nginx, nodeMajor) : judgeLead(cell.peer, figures.cost / ours.cost),
      failure: cell.failure,
    };
  });
}

/** The table as text, then one line for every failure. */
export function renderRows(rows: readonly Row[]): string {
  const failures = rows
    .filter(({ failure }) => failure !== undefined)
    .map(({ job, peer, failure }) => `FAILED ${job}, ${peer}: ${failure}\n`);
  return renderTable(COLUMNS, rows.map(textsOf)) + failures.join("");
}

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  const high = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return (low + high) / 2;
}

function mediansOf(cell: Cell | undefined): Sample {
  const samples = cell?.samples ?? [];
  const of = (field: keyof Sample): number => median(samples.map((sample) => sample[field]));
  return {
    requestsPerSecond: of("requestsPerSecond"),
    megabytesPerSecond: of("megabytesPerSecond"),
    cpuMicroseconds: of("cpuMicroseconds"),
    p99Ms: of("p99Ms"),
    cost: of("cost"),
  };
}

function verdictOf(job: string, ours: Sample, nginx: Sample, nodeMajor: number): string {
  const slowdown = ours.p99Ms / nginx.p99Ms;
  const p99 = slowdown > P99_MUST ? `p99 ${slowdown.toFixed(1)} × nginx's, ≤ ${P99_MUST}: MISSED` : "";
  return [judge(job, ours.cost / nginx.cost, nodeMajor), p99].filter(Boolean).join("; ");
}

function textsOf(row: Row): string[] {
  const { requestsPerSecond, megabytesPerSecond, cpuMicroseconds, p99Ms } = row;
  const figures = [requestsPerSecond.toFixed(0), megabytesPerSecond.toFixed(0), cpuMicroseconds.toFixed(1), p99Ms.toFixed(2)];
  return [row.job, row.peer, ...figures.map((text) => (text === "NaN" ? "–" : text)), row.ratio?.toFixed(2) ?? "–", row.verdict];
}
