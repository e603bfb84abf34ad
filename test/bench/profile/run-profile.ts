/** `npm run bench -- --profile JOB`: foregate under one job with V8's profiler in its worker, as a flame graph. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backendPrograms, startBackends } from "../load/backends.ts";
import { generatorPrograms } from "../load/generate-load.ts";
import { installMissing } from "../load/install.ts";
import { measureJob } from "../load/measure-job.ts";
import type { Options, ProfileTask } from "../load/options.ts";
import { createForegate } from "../load/peers/foregate.ts";
import { inWorkspace } from "../load/workspace.ts";
import { busyTree, type CpuProfile, type Frame } from "./cpu-profile.ts";
import { renderFlameGraph } from "./flame-graph.ts";

/** Finer than V8's 1 ms, coarse enough not to be seen itself. */
const INTERVAL_MICROSECONDS = 500;

/** Writes the picture; the exit code. Master and worker are profiled, the busier of them, the worker, is shown. */
export async function runProfile(options: Options, { job, svgFile }: ProfileTask): Promise<number> {
  const missing = installMissing([...generatorPrograms([job]), ...backendPrograms([job])], options.install);
  if (missing.length > 0) {
    process.stderr.write(missing.map((line) => `${line}\n`).join(""));
    return 1;
  }
  return inWorkspace(async (workspace) => {
    const profiles = join(workspace.directory, "profiles");
    mkdirSync(profiles);
    // The worker may have given up root before it writes its own.
    chmodSync(profiles, 0o777);
    const nodeOptions = ["--cpu-prof", `--cpu-prof-dir=${profiles}`, `--cpu-prof-interval=${INTERVAL_MICROSECONDS}`];
    const backends = await startBackends([job], workspace.launcher, workspace.directory);
    const bench = { ...workspace, backends, rounds: 1, seconds: options.seconds, logs: options.logs };
    const [cell] = await measureJob(job, [createForegate(options.node, options.foregate, nodeOptions)], bench);
    await Promise.all(backends.running.map((server) => server.stop()));
    if (cell?.failure !== undefined) {
      process.stderr.write(`FAILED ${job.name}: ${cell.failure}\n`);
      return 1;
    }
    const tree = busiest(profiles);
    writeFileSync(svgFile, renderFlameGraph(tree, `foregate, ${job.name}: where a worker's busy time goes`));
    process.stdout.write(`${svgFile}: ${(tree.microseconds / 1e6).toFixed(1)} s of work\n`);
    return 0;
  });
}

function busiest(directory: string): Frame {
  const trees = readdirSync(directory)
    // The shape holds: V8 wrote the files.
    .map((name) => busyTree(JSON.parse(readFileSync(join(directory, name), "utf8")) as CpuProfile))
    .sort((a, b) => b.microseconds - a.microseconds);
  const [first] = trees;
  if (first === undefined) throw new Error(`Cannot find a profile in ${directory}`);
  return first;
}
