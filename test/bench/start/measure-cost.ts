/** wrk against a started server: requests per second and CPU per request. */
import { cpuMicrosecondsOf } from "../load/cpu-time.ts";
import type { Workspace } from "../load/workspace.ts";
import { runWrk } from "../load/wrk.ts";
import type { Started } from "./subject.ts";

export interface Cost {
  readonly requestsPerSecond: number;
  readonly cpuMicroseconds: number;
  /** Cores that the server kept busy. */
  readonly cores: number;
}

/** Throws when an answer was not 2xx or a connection broke. */
export async function measureCost(
  server: Started,
  url: URL,
  fields: Readonly<Record<string, string>>,
  seconds: number,
  { wrkScript, interrupted }: Workspace,
): Promise<Cost> {
  const before = cpuMicrosecondsOf(server.pid);
  const report = await runWrk({ url: url.href, fields, seconds, script: wrkScript, signal: interrupted });
  const spent = cpuMicrosecondsOf(server.pid) - before;
  if (report.requests === 0 || report.errors + report.wrongStatus > 0)
    throw new Error(`${report.requests} answers, ${report.wrongStatus} of them wrong, ${report.errors} broken connections at ${url.href}`);
  return {
    requestsPerSecond: report.requests / (report.microseconds / 1e6),
    cpuMicroseconds: spent / report.requests,
    cores: spent / report.microseconds,
  };
}
