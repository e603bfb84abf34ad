/** One run of the load generator wrk and its figures. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { GRACE_MS, type LoadReport } from "./load-report.ts";

const CONNECTIONS = 64;

/** Makes wrk print its summary as one line of JSON. */
export const REPORT_LUA = `
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\\n{"requests":%d,"bytes":%d,"microseconds":%d,"p99Microseconds":%d,"errors":%d,"wrongStatus":%d}\\n',
    summary.requests, summary.bytes, summary.duration, latency:percentile(99),
    e.connect + e.read + e.write + e.timeout, e.status))
end
`;

export interface WrkRun {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** A file holding REPORT_LUA. */
  readonly script: string;
  /** Ends the run early. */
  readonly signal: AbortSignal;
}

/** Loads `url` over 64 connections from one thread. wrk never resumes a TLS session: a connection that closes costs a whole handshake. */
export async function runWrk({ url, fields, seconds, script, signal }: WrkRun): Promise<LoadReport> {
  const headers = Object.entries(fields).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const args = ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--latency", "-s", script, ...headers, url];
  const { stdout } = await promisify(execFile)("wrk", args, { timeout: seconds * 1000 + GRACE_MS, killSignal: "SIGKILL", signal });
  const line = stdout.split("\n").find((text) => text.startsWith("{"));
  if (line === undefined) throw new Error(`Cannot read the report of wrk: ${stdout}`);
  // The shape holds: REPORT_LUA above prints it.
  return JSON.parse(line) as LoadReport;
}
