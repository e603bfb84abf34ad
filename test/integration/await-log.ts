/** Waits for what a server writes to its logs. */

import type { RunningServer } from "../harness/running-server.ts";
import { waitUntil } from "../harness/wait-until.ts";

const DEADLINE_MS = 4000;

/** Resolves once the error log holds the pattern. */
export async function inErrorLog(server: RunningServer, pattern: RegExp): Promise<void> {
  await waitUntil(`${pattern} in the error log`, () => pattern.test(server.errorLog()) || undefined, DEADLINE_MS);
}

/** Resolves once exactly this line is in the access log. */
export async function inAccessLog(server: RunningServer, line: string): Promise<void> {
  await waitUntil(`"${line}" in the access log`, () => server.accessLog().split("\n").includes(line) || undefined, DEADLINE_MS);
}
