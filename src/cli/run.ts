/** Looks at the command line and runs the command that it names. */

import { STDERR, STDOUT, writeStandard } from "../process/standard-streams.ts";
import { WorkerPrograms } from "../process/worker-programs.ts";
import { EXPLAIN_USAGE, parseExplainOptions } from "./explain-options.ts";
import { parseOptions } from "./options.ts";
import { sendSignal } from "./send-signal.ts";
import { start } from "./start.ts";
import { testConfig } from "./test-config.ts";
import { renderLongVersion, USAGE, VERSION } from "./version.ts";

/** `args` are the words behind the program's name. Resolves with the exit code. */
export async function run(args: readonly string[], programs: WorkerPrograms = new WorkerPrograms()): Promise<number> {
  if (args[0] === "explain") return runExplain(args.slice(1));
  const options = parseOptions(args);
  if ("error" in options) return refuse(options.error);
  if (options.help || options.version !== "none") {
    writeStandard(STDERR, options.version === "long" ? renderLongVersion() : VERSION);
    if (options.help) writeStandard(STDERR, USAGE);
    // nginx: -v beside -t shows the version and tests.
    if (options.test === "none") return 0;
  }
  if (options.test !== "none") return testConfig(options);
  if (options.signal !== undefined) return sendSignal(options, options.signal);
  return start(options, programs);
}

async function runExplain(args: readonly string[]): Promise<number> {
  const options = parseExplainOptions(args);
  if (options === undefined) {
    writeStandard(STDOUT, EXPLAIN_USAGE);
    return 0;
  }
  if ("error" in options) return refuse(options.error);
  const { explain } = await import("./explain.ts");
  return explain(options);
}

function refuse(message: string): number {
  writeStandard(STDERR, `foregate: ${message}\n`);
  return 1;
}
