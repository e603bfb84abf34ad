/** The command line of the load bench. */
import { parseArgs } from "node:util";
import { JOBS, type Job } from "./jobs.ts";
import { NODE_PROXY_NAMES } from "./peers/node-proxies.ts";

const PEER_NAMES = ["nginx", "haproxy", "apache", "caddy", ...NODE_PROXY_NAMES, "foregate", "floor"] as const;
type PeerName = (typeof PEER_NAMES)[number];

/** What the command does: load, look at start-up and memory, or profile foregate under one job. */
export type Task = { readonly kind: "load" } | { readonly kind: "start" } | ProfileTask;

export interface ProfileTask {
  readonly kind: "profile";
  readonly job: Job;
  readonly svgFile: string;
}

export interface Options {
  readonly task: Task;
  readonly jobs: readonly Job[];
  readonly peers: readonly PeerName[];
  readonly rounds: number;
  readonly seconds: number;
  readonly logs: boolean;
  readonly install: boolean;
  /** The Node binary that runs foregate and the floor. */
  readonly node: string;
  readonly foregate: string;
  readonly jsonFile: string | undefined;
  readonly baseline: "ignore" | "check" | "update";
}

export const USAGE = `usage: npm run bench -- [options]
  --start             start-up, configuration tests, memory and workers instead of jobs
  --profile JOB       a flame graph of foregate under JOB instead of figures, in docs/flame-JOB.svg
  --svg FILE          another place for the flame graph
  --only JOB,JOB      ${JOBS.map((job) => job.name).join(", ")}
  --peers NAME,NAME   ${PEER_NAMES.join(", ")}
  --rounds N          rounds over all servers of a job, their median is shown (5)
  --seconds N         load per server and round (3)
  --logs on|off       access logs in every server (off)
  --node PATH         another Node for foregate and the floor
  --foregate FILE     the bundle to run (dist/foregate.js)
  --json FILE         write every sample
  --no-install        do not fetch what is missing from Debian and npm
  --check             fail when a ratio is 25 % worse than test/bench/baseline.json, twice
  --update-baseline   write this run's ratios there
`;

/** Reads the arguments after the script's name; a text to print instead when help is wanted or an argument is wrong. */
export function readOptions(args: readonly string[]): Options | string {
  try {
    return parseOptions(args);
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return `${error.message}\n${USAGE}`;
    throw error;
  }
}

function parseOptions(args: readonly string[]): Options | string {
  const { values } = parseArgs({
    args: [...args],
    options: {
      start: { type: "boolean", default: false },
      profile: { type: "string" },
      svg: { type: "string" },
      only: { type: "string" },
      peers: { type: "string" },
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "3" },
      logs: { type: "string", default: "off" },
      node: { type: "string", default: process.execPath },
      foregate: { type: "string", default: "dist/foregate.js" },
      json: { type: "string" },
      "no-install": { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      "update-baseline": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return USAGE;
  const peers = chosen("--peers", values.peers, PEER_NAMES, (name) => name);
  const baseline = values.check ? "check" : values["update-baseline"] ? "update" : "ignore";
  if (baseline !== "ignore" && !peers.includes("nginx")) throw new RangeError("Cannot judge ratios to nginx: --peers leaves it out");
  return {
    task: taskOf(values),
    jobs: chosen("--only", values.only, JOBS, (job) => job.name),
    peers,
    rounds: wholeNumber("--rounds", values.rounds, 100),
    seconds: wholeNumber("--seconds", values.seconds, 60),
    logs: chosen("--logs", values.logs, ["on", "off"], (word) => word)[0] === "on",
    install: !values["no-install"],
    node: values.node,
    foregate: values.foregate,
    jsonFile: values.json,
    baseline,
  };
}

function taskOf({ start, profile, svg }: { start: boolean; profile?: string | undefined; svg?: string | undefined }): Task {
  if (start && profile !== undefined) throw new RangeError("Cannot take --start and --profile together");
  if (profile === undefined) return { kind: start ? "start" : "load" };
  const [job, ...others] = chosen("--profile", profile, JOBS, ({ name }) => name);
  if (job === undefined || others.length > 0) throw new RangeError("Cannot profile more than one job at a time");
  return { kind: "profile", job, svgFile: svg ?? `docs/flame-${job.name}.svg` };
}

function chosen<T>(option: string, list: string | undefined, all: readonly T[], nameOf: (item: T) => string): readonly T[] {
  if (list === undefined) return all;
  return list.split(",").map((name) => {
    const found = all.find((item) => nameOf(item) === name);
    if (found === undefined) throw new RangeError(`Cannot take ${option} "${name}": allowed are ${all.map(nameOf).join(", ")}`);
    return found;
  });
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max)
    throw new RangeError(`Cannot take ${option} "${text}": not within 1 and ${max}`);
  return value;
}
