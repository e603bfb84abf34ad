/** The load bench: foregate and its peers, the same work, one run, one table. Linux only: it reads /proc. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveFloor } from "../floor/serve-floor.ts";
import { backendPrograms, startBackends } from "./backends.ts";
import { findLosses, type Loss, readBaseline, updateBaseline, writeBaseline } from "./baseline.ts";
import { findProgram, installMissing } from "./install.ts";
import { JOBS, type Job } from "./jobs.ts";
import { createLauncher } from "./launcher.ts";
import { type Cell, measureJob } from "./measure-job.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import type { Peer } from "./peer.ts";
import { apache } from "./peers/apache.ts";
import { caddy } from "./peers/caddy.ts";
import { createFloor, FLOOR_COMMAND } from "./peers/floor.ts";
import { createForegate } from "./peers/foregate.ts";
import { haproxy } from "./peers/haproxy.ts";
import { nginx } from "./peers/nginx.ts";
import { showProgress } from "./progress.ts";
import { renderRows, summarise } from "./summary.ts";
import { REPORT_LUA } from "./wrk.ts";

const WRK = { program: "wrk", packages: ["wrk"] };

const [command, port, jobName] = process.argv.slice(2);
if (command === FLOOR_COMMAND) serveFloor(Number(port), JOBS.find(({ name }) => name === jobName)?.body ?? "");
else process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === "string") {
    process.stdout.write(options);
    return options === USAGE ? 0 : 2;
  }
  const chosen = choosePeers(options);
  const missing = installMissing([WRK, ...backendPrograms(options.jobs), ...chosen], options.install);
  process.stderr.write(missing.map((line) => `${line}\n`).join(""));
  if (findProgram(WRK.program) === undefined) return 1;
  const peers = chosen.filter(({ program }) => findProgram(program) !== undefined);

  const cells = await measure(options.jobs, peers, options);
  const rows = summarise(cells);
  process.stdout.write(renderRows(rows));
  if (options.jsonFile !== undefined) writeFileSync(options.jsonFile, `${JSON.stringify({ node: options.node, rows, cells }, null, 2)}\n`);
  if (options.baseline === "update") writeBaseline(updateBaseline(readBaseline(), rows));
  const keepsPace = options.baseline !== "check" || (await holdsBaseline(findLosses(rows, readBaseline()), peers, options));
  return keepsPace && rows.every(({ failure }) => failure === undefined) ? 0 : 1;
}

/** A loss counts when a second run of the job, with nginx and the losers alone, shows it too. */
async function holdsBaseline(suspects: readonly Loss[], peers: readonly Peer[], options: Options): Promise<boolean> {
  if (suspects.length === 0) return true;
  const jobs = options.jobs.filter(({ name }) => suspects.some(({ job }) => job === name));
  const losers = peers.filter(({ name }) => name === "nginx" || suspects.some(({ peer }) => peer === name));
  const rows = summarise(await measure(jobs, losers, options));
  process.stdout.write(`\nsecond run\n${renderRows(rows)}`);
  const losses = findLosses(rows, readBaseline()).filter((loss) =>
    suspects.some(({ job, peer }) => loss.job === job && loss.peer === peer),
  );
  for (const { job, peer, expected, found } of losses)
    process.stdout.write(`LOST ${job}, ${peer}: ${found?.toFixed(2) ?? "no figure"}, was ${expected}\n`);
  return losses.length === 0;
}

/** Everything started or written in here is gone when it returns, fails or is interrupted. */
async function measure(jobs: readonly Job[], peers: readonly Peer[], options: Options): Promise<Cell[]> {
  const launcher = createLauncher();
  const directory = mkdtempSync(join(tmpdir(), "foregate-bench-"));
  // Workers that run as www-data read the files in it.
  chmodSync(directory, 0o755);
  const interruption = new AbortController();
  const cleanUp = () => {
    interruption.abort();
    launcher.killAll();
    rmSync(directory, { recursive: true, force: true });
  };
  const interrupt = () => process.exit(130);
  process.once("exit", cleanUp).once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    const wrkScript = join(directory, "report.lua");
    writeFileSync(wrkScript, REPORT_LUA);
    const backends = await startBackends(jobs, launcher, directory);
    const { rounds, seconds, logs } = options;
    const bench = { directory, launcher, backends, wrkScript, interrupted: interruption.signal, rounds, seconds, logs };
    const cells: Cell[] = [];
    for (const job of jobs) cells.push(...(await measureJob(job, peers, bench)));
    await Promise.all(backends.running.map((server) => server.stop()));
    return cells;
  } finally {
    showProgress("");
    process.off("exit", cleanUp).off("SIGINT", interrupt).off("SIGTERM", interrupt);
    cleanUp();
  }
}

function choosePeers({ peers, node, foregate }: Options): Peer[] {
  const all: readonly Peer[] = [
    nginx,
    haproxy,
    apache,
    caddy,
    createForegate(node, foregate),
    createFloor(node, fileURLToPath(import.meta.url)),
  ];
  return all.filter(({ name }) => peers.some((chosen) => chosen === name));
}
