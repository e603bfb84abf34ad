#!/usr/bin/env node
/** The program: runs what the command line asks for, or the worker that its master asks for, and exits with its code. */

import { parseOptions } from "./cli/options.ts";
import { findMasterChannel } from "./process/master-channel.ts";
import { WorkerPrograms } from "./process/worker-programs.ts";

const master = findMasterChannel();
if (master === undefined) {
  process.exit(await runCommand(process.argv.slice(2)));
} else {
  const { runWorker } = await import("./process/worker-process.ts");
  process.exit(await runWorker(master));
}

/** All that a command needs is loaded while a worker's program starts beside it. */
async function runCommand(args: readonly string[]): Promise<number> {
  const programs = new WorkerPrograms();
  if (willServe(args)) programs.startSpare();
  const { run } = await import("./cli/run.ts");
  return run(args, programs);
}

/** Not so with `explain`, and flags that only look or speak to another process. */
function willServe(args: readonly string[]): boolean {
  const options = parseOptions(args);
  if (args[0] === "explain" || "error" in options) return false;
  return !options.help && options.version === "none" && options.test === "none" && options.signal === undefined;
}
