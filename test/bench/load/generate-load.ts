/** Puts a job's load on a port with the generator that suits it. */
import { runDownload } from "./download.ts";
import { runH2load } from "./h2load.ts";
import type { Needed } from "./install.ts";
import { fieldsOf, isHttp2, type Job, urlOf } from "./jobs.ts";
import type { LoadReport } from "./load-report.ts";
import { runWrk } from "./wrk.ts";

const WRK: Needed = { program: "wrk", packages: ["wrk"] };
const H2LOAD: Needed = { program: "h2load", packages: ["nghttp2-client"] };

export interface Generator {
  /** For files of its own. */
  readonly directory: string;
  readonly wrkScript: string;
  /** Ends a load in progress. */
  readonly interrupted: AbortSignal;
}

/** The programs that `generateLoad()` runs for these jobs. */
export function generatorPrograms(jobs: readonly Job[]): Needed[] {
  const needed: Needed[] = [];
  if (jobs.some((job) => !isHttp2(job) && job.load === "many")) needed.push(WRK);
  if (jobs.some(isHttp2)) needed.push(H2LOAD);
  return needed;
}

/** Loads the server at `port` for so many seconds. Throws when the generator cannot do its work. */
export function generateLoad(job: Job, port: number, seconds: number, generator: Generator): Promise<LoadReport> {
  const { directory, wrkScript, interrupted } = generator;
  const url = urlOf(job, port);
  if (job.load === "download") return runDownload(port, job.path, seconds, interrupted);
  if (isHttp2(job)) return runH2load({ url, port, seconds, directory, signal: interrupted });
  return runWrk({ url, fields: fieldsOf(job), seconds, script: wrkScript, signal: interrupted });
}
