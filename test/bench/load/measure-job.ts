/** One job over all servers: start, verify, warm up, then rounds in which every server has its turn. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Backends } from "./backends.ts";
import { cpuMicrosecondsOf } from "./cpu-time.ts";
import { freePort } from "./free-port.ts";
import { type Generator, generateLoad } from "./generate-load.ts";
import { findProgram } from "./install.ts";
import type { Job } from "./jobs.ts";
import type { Launcher, Running } from "./launcher.ts";
import type { LoadReport } from "./load-report.ts";
import type { Peer } from "./peer.ts";
import { showProgress } from "./progress.ts";
import { verify } from "./verify.ts";

/** Long enough for V8 to optimise what foregate runs per request. */
const WARM_UP_SECONDS = 2;

export interface Sample {
  readonly requestsPerSecond: number;
  readonly megabytesPerSecond: number;
  /** User and system time of all the server's processes, per request. */
  readonly cpuMicroseconds: number;
  readonly p99Ms: number;
  /** What the ratio to nginx compares, less is better: CPU µs per request, for a download µs per megabyte. */
  readonly cost: number;
}

/** One server's figures for one job. */
export interface Cell {
  readonly job: string;
  readonly peer: string;
  readonly samples: readonly Sample[];
  /** Why there are no more samples. */
  readonly failure: string | undefined;
}

export interface Bench extends Generator {
  readonly launcher: Launcher;
  readonly backends: Backends;
  readonly rounds: number;
  readonly seconds: number;
  readonly logs: boolean;
}

/** A server in its turns; `samples` and `failure` are the only fields that change. */
interface Contender {
  readonly peer: Peer;
  readonly port: number;
  readonly server: Running;
  samples: Sample[];
  failure: string | undefined;
}

/** A server that gives a wrong answer, breaks connections or ends is out, with the reason; the others go on. */
export async function measureJob(job: Job, peers: readonly Peer[], bench: Bench): Promise<Cell[]> {
  const contenders: Contender[] = [];
  for (const peer of peers) if (peer.serves(job)) contenders.push(await enter(job, peer, bench));
  try {
    for (let round = 0; round <= bench.rounds; round++) {
      for (const contender of contenders) await takeTurn(job, contender, bench, round);
    }
  } finally {
    await Promise.all(contenders.map(({ server }) => server.stop()));
  }
  return contenders.map(({ peer, samples, failure }) => ({ job: job.name, peer: peer.name, samples, failure }));
}

async function enter(job: Job, peer: Peer, bench: Bench): Promise<Contender> {
  const program = findProgram(peer.program);
  const port = await freePort();
  if (program === undefined) throw new Error(`Cannot run ${peer.name}: "${peer.program}" is not installed`);
  const directory = mkdtempSync(join(bench.directory, `${job.name}-${peer.name}-`));
  const command = peer.command(job, { ...bench.backends, directory, port, logs: bench.logs });
  for (const [name, text] of Object.entries(command.files)) writeFileSync(join(directory, name), text);
  mkdirSync(join(directory, "logs"));
  const server = bench.launcher.launch(program, command.args, directory, command.env);
  return { peer, port, server, samples: [], failure: await verify(job, port, server, bench.backends.certificate.certificateFile) };
}

/** Round 0 warms up and is not counted. */
async function takeTurn(job: Job, contender: Contender, bench: Bench, round: number): Promise<void> {
  const { server, port, peer } = contender;
  if (contender.failure !== undefined) return;
  showProgress(`${job.name}: ${peer.name}, ${round === 0 ? "warm-up" : `round ${round} of ${bench.rounds}`}`);
  const before = cpuMicrosecondsOf(server.pid);
  const seconds = round === 0 ? WARM_UP_SECONDS : bench.seconds;
  const report = await generateLoad(job, port, seconds, bench).catch((error: Error) => error.message);
  if (typeof report === "string") {
    contender.failure = server.failure() ?? report;
    return;
  }
  const cpuMicroseconds = (cpuMicrosecondsOf(server.pid) - before) / report.requests;
  contender.failure = server.failure() ?? faultOf(job, report);
  if (round === 0 || contender.failure !== undefined) return;
  const perSecond = 1e6 / report.microseconds;
  const megabytesPerSecond = (report.bytes / 1e6) * perSecond;
  contender.samples.push({
    requestsPerSecond: report.requests * perSecond,
    megabytesPerSecond,
    cpuMicroseconds,
    p99Ms: report.p99Microseconds / 1000,
    cost: job.load === "download" ? 1e6 / megabytesPerSecond : cpuMicroseconds,
  });
}

function faultOf(job: Job, { requests, bytes, errors, wrongStatus }: LoadReport): string | undefined {
  if (requests === 0) return "not one answer under load";
  if (wrongStatus > 0) return `${wrongStatus} of ${requests} answers under load were errors`;
  if (errors > 0) return `${errors} connections broke or timed out under load`;
  if (!job.gzip && bytes < requests * job.body.length * job.copies) return "bodies under load are shorter than they must be";
  return undefined;
}
