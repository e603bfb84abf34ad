/** Requests per second of two workers over those of one. */
import { availableParallelism } from "node:os";
import { proseText } from "../load/bodies.ts";
import { freePort } from "../load/free-port.ts";
import { showProgress } from "../load/progress.ts";
import { median } from "../load/summary.ts";
import type { Workspace } from "../load/workspace.ts";
import { smallServer, wholeConf } from "./conf.ts";
import type { Figure } from "./figure.ts";
import { type Cost, measureCost } from "./measure-cost.ts";
import { type Subject, start } from "./subject.ts";

const RATIO_MIN = 1.7;
/** A worker that is not this busy was waiting for the load generator. */
const BUSY = 0.9;
/** nginx takes no longer parameter than its buffer of 4 KB. */
const COMPRESSED_BYTES = 3500;

interface Duty {
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
  serverOn(port: number): string;
}

const DUTIES: readonly Duty[] = [
  { name: "return 200", fields: {}, serverOn: smallServer },
  {
    // Costs the worker many times what it costs the generator, which therefore leaves it the room.
    name: "gzip, level 9, of a returned text",
    fields: { "Accept-Encoding": "gzip" },
    serverOn: (port) =>
      `server { listen 127.0.0.1:${port}; gzip on; gzip_types text/plain; gzip_comp_level 9; ` +
      `location / { return 200 "${proseText(COMPRESSED_BYTES).replaceAll("\n", " ")}"; } }`,
  },
];

/** Medians of interleaved rounds; where the load generator took the room of the second worker, the figure says so. */
export async function measureTwoWorkers(
  subjects: readonly Subject[],
  rounds: number,
  seconds: number,
  workspace: Workspace,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const duty of DUTIES) {
    for (const subject of subjects) {
      const [one, two] = [[] as Cost[], [] as Cost[]];
      for (let round = 1; round <= rounds; round++) {
        showProgress(`one and two workers, ${duty.name}, round ${round} of ${rounds}: ${subject.name}`);
        one.push(await costWith(1, duty, subject, seconds, workspace));
        two.push(await costWith(2, duty, subject, seconds, workspace));
      }
      figures.push(figureOf(`${subject.name}, ${duty.name}`, one, two, subject.name === "foregate"));
    }
  }
  return figures;
}

async function costWith(workers: number, duty: Duty, subject: Subject, seconds: number, workspace: Workspace): Promise<Cost> {
  const port = await freePort();
  const url = new URL(`http://127.0.0.1:${port}/`);
  const server = await start(subject, wholeConf({ workers, master: "on", http: [duty.serverOn(port)] }), url, workspace);
  await measureCost(server, url, duty.fields, 1, workspace);
  const cost = await measureCost(server, url, duty.fields, seconds, workspace);
  await server.stop();
  return cost;
}

function figureOf(what: string, one: readonly Cost[], two: readonly Cost[], isOurs: boolean): Figure {
  const coresOfOne = median(one.map(({ cores }) => cores));
  const coresOfTwo = median(two.map(({ cores }) => cores));
  const isBusy = coresOfOne >= BUSY && coresOfTwo >= 2 * BUSY;
  const busy = `busy ${coresOfOne.toFixed(2)} and ${coresOfTwo.toFixed(2)} of ${availableParallelism()} cores`;
  return {
    what: `${what}, ${busy}`,
    value: median(two.map((cost) => cost.requestsPerSecond)) / median(one.map((cost) => cost.requestsPerSecond)),
    unit: "×",
    decimals: 2,
    ...(isOurs ? { bound: { kind: "at least", value: RATIO_MIN } } : {}),
    ...(isBusy ? {} : { remark: "the load generator, or others, left no room" }),
  };
}
