/** Medians of the samples, ratios to nginx, and the table that shows them. */
import type { Cell } from "./measure-job.ts";

export interface Row {
  readonly job: string;
  readonly peer: string;
  readonly requestsPerSecond: number;
  readonly cpuMicroseconds: number;
  readonly p99Ms: number;
  /** CPU per request over nginx's for the same job in the same run; undefined without nginx. */
  readonly ratio: number | undefined;
  readonly failure: string | undefined;
}

const REFERENCE = "nginx";
const COLUMNS = ["job", "server", "req/s", "CPU µs/req", "p99 ms", "CPU / nginx"];

/** One row a cell; the figures of a cell without samples are NaN. */
export function summarise(cells: readonly Cell[]): Row[] {
  return cells.map((cell) => {
    const reference = cells.find(({ job, peer }) => job === cell.job && peer === REFERENCE);
    const cpuMicroseconds = median(cell.samples.map((sample) => sample.cpuMicroseconds));
    const ratio = cpuMicroseconds / median((reference?.samples ?? []).map((sample) => sample.cpuMicroseconds));
    return {
      job: cell.job,
      peer: cell.peer,
      requestsPerSecond: median(cell.samples.map((sample) => sample.requestsPerSecond)),
      cpuMicroseconds,
      p99Ms: median(cell.samples.map((sample) => sample.p99Ms)),
      ratio: Number.isNaN(ratio) ? undefined : ratio,
      failure: cell.failure,
    };
  });
}

/** The table as text, then one line for every failure. */
export function renderRows(rows: readonly Row[]): string {
  const lines = [COLUMNS, ...rows.map(textsOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const table = lines.map((line) => line.map((text, column) => pad(text, widths[column] ?? 0, column)).join("  "));
  const failures = rows
    .filter(({ failure }) => failure !== undefined)
    .map(({ job, peer, failure }) => `FAILED ${job}, ${peer}: ${failure}`);
  return `${[...table, ...failures].join("\n")}\n`;
}

/** The middle value, or the mean of the two middle ones; NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  const high = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return (low + high) / 2;
}

function textsOf(row: Row): string[] {
  const figures = [row.requestsPerSecond.toFixed(0), row.cpuMicroseconds.toFixed(1), row.p99Ms.toFixed(2), row.ratio?.toFixed(2) ?? "–"];
  return [row.job, row.peer, ...figures.map((text) => (text === "NaN" ? "–" : text))];
}

function pad(text: string, width: number, column: number): string {
  return column < 2 ? text.padEnd(width) : text.padStart(width);
}
