/** A request's cost with 1,000 servers of 20 locations, against the same request with its own server and location alone. */
import { freePort } from "../load/free-port.ts";
import { showProgress } from "../load/progress.ts";
import { median } from "../load/summary.ts";
import type { Workspace } from "../load/workspace.ts";
import { manyServers, nameOfServer, PATH, wholeConf } from "./conf.ts";
import type { Figure } from "./figure.ts";
import { measureCost } from "./measure-cost.ts";
import { largeHttp } from "./start-up.ts";
import { type Started, type Subject, start } from "./subject.ts";

const RATIO_MAX = 1.1;
/** A server in the middle, found by its name. */
const SERVER = 500;
const WARM_UP_SECONDS = 2;

/** CPU per request on the large configuration over that on the small one, medians of interleaved rounds. */
export async function measureLargeCost(
  subjects: readonly Subject[],
  rounds: number,
  seconds: number,
  workspace: Workspace,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const subject of subjects) {
    const small = await startOn(
      (port) => manyServers(port, 1, 1, SERVER).map((block) => block.replace("/app0/", "/app7/")),
      subject,
      workspace,
    );
    const large = await startOn(largeHttp, subject, workspace);
    const costs = new Map([small, large].map((target) => [target, [] as number[]]));
    for (let round = 0; round <= rounds; round++) {
      for (const [{ server, url }, list] of costs) {
        showProgress(`request on 1 and on 1,000 servers, round ${round} of ${rounds}: ${subject.name}`);
        const host = { Host: nameOfServer(SERVER) };
        const cost = await measureCost(server, url, host, round === 0 ? WARM_UP_SECONDS : seconds, workspace);
        if (round > 0) list.push(cost.cpuMicroseconds);
      }
    }
    await Promise.all([small.server.stop(), large.server.stop()]);
    const [smallCost, largeCost] = [median(costs.get(small) ?? []), median(costs.get(large) ?? [])];
    figures.push({
      what: `${subject.name}, ${smallCost.toFixed(1)} and ${largeCost.toFixed(1)} µs`,
      value: largeCost / smallCost,
      unit: "×",
      decimals: 2,
      ...(subject.name === "foregate" ? { bound: { kind: "at most", value: RATIO_MAX } } : {}),
    });
  }
  return figures;
}

interface Target {
  readonly server: Started;
  readonly url: URL;
}

async function startOn(httpFor: (port: number) => string[], subject: Subject, workspace: Workspace): Promise<Target> {
  const port = await freePort();
  const url = new URL(`http://127.0.0.1:${port}${PATH}`);
  return { url, server: await start(subject, wholeConf({ workers: 1, master: "on", http: httpFor(port) }), url, workspace) };
}
