/** From the spawn to the first answer, and the time that `-t` takes. */
import { spawnSync } from "node:child_process";
import { freePort } from "../load/free-port.ts";
import { showProgress } from "../load/progress.ts";
import { median } from "../load/summary.ts";
import type { Workspace } from "../load/workspace.ts";
import { type ConfShape, longConf, manyServers, PATH, smallServer, wholeConf } from "./conf.ts";
import type { Figure } from "./figure.ts";
import { prepare, type Subject, start } from "./subject.ts";

const STARTS = 15;
const TESTS = 5;
const LARGE_STARTS = 5;
const FIRST_ANSWER_MS_MAX = 200;
const TEST_MS_MAX = 500;
const LARGE_START_MS_MAX = 2000;
const LONG_CONF_LINES = 10_000;

/** Small configuration, with a master and without; medians of 15, the subjects in turn. */
export async function measureFirstAnswer(subjects: readonly Subject[], workspace: Workspace): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const master of ["on", "off"] as const) {
    const times = await timesOf(subjects, STARTS, workspace, (port) => ({ workers: 1, master, http: [smallServer(port)] }));
    for (const [{ name }, list] of times) {
      const what = `${name}, ${master === "on" ? "master and worker" : "master_process off"}`;
      figures.push({ what, value: median(list), unit: "ms", decimals: 0, ...boundFor(name, FIRST_ANSWER_MS_MAX) });
    }
  }
  return figures;
}

/** A configuration of 1,000 servers with 20 locations each, to the first answer. */
export async function measureLargeStart(subjects: readonly Subject[], workspace: Workspace): Promise<Figure[]> {
  const times = await timesOf(subjects, LARGE_STARTS, workspace, (port) => ({ workers: 1, master: "on", http: largeHttp(port) }));
  return [...times].map(([{ name }, list]) => {
    return { what: name, value: median(list), unit: "ms", decimals: 0, ...boundFor(name, LARGE_START_MS_MAX) };
  });
}

/** nginx has no room for a thousand names in its default table and says so. */
export function largeHttp(port: number): string[] {
  return ["  server_names_hash_max_size 8192;", "  server_names_hash_bucket_size 64;", ...manyServers(port, 1000, 20)];
}

/** `-t` on a configuration of 10,000 lines. Throws when it is refused. */
export async function measureConfigTest(subjects: readonly Subject[], workspace: Workspace): Promise<Figure[]> {
  const conf = longConf(await freePort(), LONG_CONF_LINES);
  return subjects.map((subject) => {
    const directory = prepare(subject, conf, workspace);
    const times = Array.from({ length: TESTS }, () => {
      showProgress(`-t: ${subject.name}`);
      const startedAt = performance.now();
      const { status, stderr } = spawnSync(subject.program, [...subject.args(directory), "-t"], { cwd: directory, encoding: "utf8" });
      if (status !== 0) throw new Error(`${subject.name} -t refuses the configuration: ${stderr}`);
      return performance.now() - startedAt;
    });
    const what = `${subject.name}, ${conf.split("\n").length} lines`;
    return { what, value: median(times), unit: "ms", decimals: 0, ...boundFor(subject.name, TEST_MS_MAX) };
  });
}

async function timesOf(
  subjects: readonly Subject[],
  starts: number,
  workspace: Workspace,
  shapeFor: (port: number) => ConfShape,
): Promise<ReadonlyMap<Subject, number[]>> {
  const times = new Map(subjects.map((subject) => [subject, [] as number[]]));
  for (let round = 1; round <= starts; round++) {
    for (const [subject, list] of times) {
      showProgress(`start ${round} of ${starts}: ${subject.name}`);
      const port = await freePort();
      const server = await start(subject, wholeConf(shapeFor(port)), new URL(`http://127.0.0.1:${port}${PATH}`), workspace);
      list.push(server.startMs);
      await server.stop();
    }
  }
  return times;
}

function boundFor(name: Subject["name"], value: number): Pick<Figure, "bound"> {
  return name === "foregate" ? { bound: { kind: "at most", value } } : {};
}
