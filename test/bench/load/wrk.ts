/** One run of the load generator wrk and its figures. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const CONNECTIONS = 64;
/** wrk ends by itself; this is for when it does not. */
const GRACE_MS = 10_000;

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

export interface LoadReport {
  readonly requests: number;
  readonly bytes: number;
  readonly microseconds: number;
  readonly p99Microseconds: number;
  /** Connections that failed, broke or timed out. */
  readonly errors: number;
  /** Answers with a status above 399. */
  readonly wrongStatus: number;
}

/** Loads `url` over 64 keep-alive connections from one thread, until `signal` at most; `script` is a file holding REPORT_LUA. */
export async function runWrk(url: string, seconds: number, script: string, signal: AbortSignal): Promise<LoadReport> {
  const args = ["-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--latency", "-s", script, url];
  const { stdout } = await promisify(execFile)("wrk", args, { timeout: seconds * 1000 + GRACE_MS, killSignal: "SIGKILL", signal });
  const line = stdout.split("\n").find((text) => text.startsWith("{"));
  if (line === undefined) throw new Error(`Cannot read the report of wrk: ${stdout}`);
  // The shape holds: REPORT_LUA above prints it.
  return JSON.parse(line) as LoadReport;
}
