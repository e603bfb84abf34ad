/** The load bench: foregate and its peers, the same jobs, one run, one table. */
import { writeFileSync } from "node:fs";
import { backendPrograms, startBackends } from "./backends.ts";
import { findLosses, findUnjudged, type Loss, readBaseline, updateBaseline, writeBaseline } from "./baseline.ts";
import { choosePeers } from "./choose-peers.ts";
import { generatorPrograms } from "./generate-load.ts";
import { findProgram } from "./install.ts";
import type { Job } from "./jobs.ts";
import { type Cell, measureJob } from "./measure-job.ts";
import { nodeMajorOf } from "./node-version.ts";
import type { Options } from "./options.ts";
import type { Peer } from "./peer.ts";
import { renderRows, summarise } from "./summary.ts";
import { inWorkspace } from "./workspace.ts";

/** Measures, prints and compares; the exit code. `script` is the bench's own bundle. */
export async function runLoad(options: Options, script: string): Promise<number> {
  const generators = generatorPrograms(options.jobs);
  const { peers, missing } = choosePeers(options, [...generators, ...backendPrograms(options.jobs)], script);
  process.stderr.write(missing.map((line) => `${line}\n`).join(""));
  if (generators.some(({ program }) => findProgram(program) === undefined)) return 1;

  const cells = await measure(options.jobs, peers, options);
  const rows = summarise(cells, nodeMajorOf(options.node));
  process.stdout.write(renderRows(rows));
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify({ node: options.node, rows, cells }, null, 2)}\n`);
  if (options.baseline === "update") writeBaseline(updateBaseline(readBaseline(), rows));
  if (options.baseline === "check") process.stdout.write(renderUnjudged(findUnjudged(rows, readBaseline())));
  const keepsPace = options.baseline !== "check" || (await holdsBaseline(findLosses(rows, readBaseline()), peers, options));
  return keepsPace && rows.every(({ failure }) => failure === undefined) ? 0 : 1;
}

function renderUnjudged(jobs: readonly string[]): string {
  return jobs.length === 0 ? "" : `not judged, for the baseline does not have them yet (--update-baseline): ${jobs.join(", ")}\n`;
}

/** A loss counts when a second run of the job, with nginx and the losers alone, shows it too. */
async function holdsBaseline(suspects: readonly Loss[], peers: readonly Peer[], options: Options): Promise<boolean> {
  if (suspects.length === 0) return true;
  const jobs = options.jobs.filter(({ name }) => suspects.some(({ job }) => job === name));
  const losers = peers.filter(({ name }) => name === "nginx" || suspects.some(({ peer }) => peer === name));
  const rows = summarise(await measure(jobs, losers, options), nodeMajorOf(options.node));
  process.stdout.write(`\nsecond run\n${renderRows(rows)}`);
  const losses = findLosses(rows, readBaseline()).filter((loss) =>
    suspects.some(({ job, peer }) => loss.job === job && loss.peer === peer),
  );
  for (const { job, peer, expected, found } of losses)
    process.stdout.write(`LOST ${job}, ${peer}: ${found?.toFixed(2) ?? "no figure"}, was ${expected}\n`);
  return losses.length === 0;
}

function measure(jobs: readonly Job[], peers: readonly Peer[], options: Options): Promise<Cell[]> {
  return inWorkspace(async (workspace) => {
    const backends = await startBackends(jobs, workspace.launcher, workspace.directory);
    const { rounds, seconds, logs } = options;
    const cells: Cell[] = [];
    for (const job of jobs) cells.push(...(await measureJob(job, peers, { ...workspace, backends, rounds, seconds, logs })));
    await Promise.all(backends.running.map((server) => server.stop()));
    return cells;
  });
}
