/** One run of h2load, nghttp2's load generator, and its figures (https://nghttp2.org/documentation/h2load.1.html). */
import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { GRACE_MS, type LoadReport } from "./load-report.ts";

const CONNECTIONS = 16;
const STREAMS = 10;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

export interface H2loadRun {
  readonly url: string;
  readonly port: number;
  readonly seconds: number;
  /** Where it may write its log of requests. */
  readonly directory: string;
  readonly signal: AbortSignal;
}

/** Loads `url` over 16 connections of 10 streams from one thread, HTTP/2 from the first octet where there is no TLS. */
export async function runH2load({ url, port, seconds, directory, signal }: H2loadRun): Promise<LoadReport> {
  const logFile = join(directory, "h2load.log");
  rmSync(logFile, { force: true });
  const shape = ["-t1", `-c${CONNECTIONS}`, `-m${STREAMS}`, `-D${seconds}`];
  const args = [...shape, `--connect-to=127.0.0.1:${port}`, `--log-file=${logFile}`, url];
  const options = { timeout: seconds * 1000 + GRACE_MS, killSignal: "SIGKILL", signal, maxBuffer: OUTPUT_BYTES_MAX } as const;
  const { stdout } = await promisify(execFile)("h2load", args, options);
  return readReport(stdout, seconds, readFileSync(logFile, "latin1"));
}

/** `log` has a line for each request: its start, its status or -1, and the µs until its end. */
function readReport(summary: string, seconds: number, log: string): LoadReport {
  const failed = figureOf(summary, /(\d+) failed/) + figureOf(summary, /(\d+) timeout/);
  const times = new Map<string, number[]>();
  for (const line of log.split("\n")) {
    const [, status, microseconds] = line.split("\t");
    if (status === undefined || microseconds === undefined) continue;
    const found = times.get(status);
    if (found === undefined) times.set(status, [Number(microseconds)]);
    else found.push(Number(microseconds));
  }
  const good = Float64Array.from(times.get("200") ?? []).sort();
  let others = 0;
  for (const [status, list] of times) if (status !== "200" && status !== "-1") others += list.length;
  return {
    requests: good.length + others,
    bytes: figureOf(summary, /^traffic: \S+ \((\d+)\) total/m),
    microseconds: seconds * 1e6,
    p99Microseconds: good[Math.floor(good.length * 0.99)] ?? Number.NaN,
    errors: failed,
    wrongStatus: others,
  };
}

function figureOf(text: string, pattern: RegExp): number {
  const found = pattern.exec(text)?.[1];
  if (found === undefined) throw new Error(`Cannot read the report of h2load: ${text}`);
  return Number(found);
}
