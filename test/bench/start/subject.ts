/** The two programs that `--start` looks at, and how either is started on a configuration. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join, resolve } from "node:path";
import { findProgram } from "../load/install.ts";
import type { Running } from "../load/launcher.ts";
import type { Options } from "../load/options.ts";
import type { Workspace } from "../load/workspace.ts";

export interface Subject {
  readonly name: "foregate" | "nginx";
  readonly program: string;
  /** Arguments that make it take nginx.conf in `directory`. */
  args(directory: string): string[];
}

export interface Started extends Running {
  readonly directory: string;
  /** From the spawn to the first answer. */
  readonly startMs: number;
}

const START_TIMEOUT_MS = 30_000;
const RETRY_MS = 1;

/** foregate, and nginx where it is installed. */
export function subjectsOf({ node, foregate }: Options): Subject[] {
  const ours: Subject = { name: "foregate", program: node, args: (directory) => [resolve(foregate), ...placesOf(directory)] };
  const nginx = findProgram("nginx");
  if (nginx === undefined) return [ours];
  return [ours, { name: "nginx", program: nginx, args: (directory) => [...placesOf(directory), "-e", "error.log"] }];
}

/** A folder of its own for the subject that holds `conf`. */
export function prepare(subject: Subject, conf: string, workspace: Workspace): string {
  const directory = mkdtempSync(join(workspace.directory, `${subject.name}-`));
  mkdirSync(join(directory, "logs"));
  writeFileSync(join(directory, "nginx.conf"), conf);
  return directory;
}

/** Starts the subject and waits for its first 200. Throws when there is none. */
export async function start(subject: Subject, conf: string, url: URL, workspace: Workspace): Promise<Started> {
  const directory = prepare(subject, conf, workspace);
  const spawnedAt = performance.now();
  const running = workspace.launcher.launch(subject.program, subject.args(directory), directory);
  while (!(await answers(url))) {
    const failure = running.failure() ?? (performance.now() - spawnedAt > START_TIMEOUT_MS ? "does not answer" : undefined);
    if (failure !== undefined) throw new Error(`Cannot start ${subject.name}: ${failure}`);
    await new Promise((next) => setTimeout(next, RETRY_MS));
  }
  return { ...running, directory, startMs: performance.now() - spawnedAt };
}

/** A request head for `url`, which keeps the connection. */
export function requestFor(url: URL, host = url.host): string {
  return `GET ${url.pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
}

/** False while nobody listens. */
function answers(url: URL): Promise<boolean> {
  return new Promise((settle, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    socket.once("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNREFUSED" ? settle(false) : reject(error)));
    socket.once("data", (chunk: Buffer) => {
      socket.destroy();
      const line = chunk.toString("latin1").split("\r\n", 1)[0] ?? "";
      if (line.startsWith("HTTP/1.1 200")) settle(true);
      else reject(new Error(`answers "${line}"`));
    });
    socket.write(requestFor(url), "latin1");
  });
}

function placesOf(directory: string): string[] {
  return ["-p", `${directory}/`, "-c", `${directory}/nginx.conf`];
}
