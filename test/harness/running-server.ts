/** Starts one HTTP server on a test's configuration and hands out what a test asks of it; nginx and foregate alike. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, expect } from "vitest";
import { type ErrorLog, watchErrorLog } from "./error-log.ts";
import { fillPlaceholders, type PlaceholderValues } from "./fill-placeholders.ts";
import { type Exchange, type ExchangeOptions, exchange, type Step } from "./raw-client.ts";
import { type ProcessExit, ServerProcess } from "./server-process.ts";
import { createPrefix, type PrefixFiles, removePrefix } from "./temporary-prefix.ts";
import { waitUntil } from "./wait-until.ts";

export interface ServerOptions {
  /** nginx.conf with placeholders; `events {}`, logs and pid file are added where it names none. */
  readonly conf: string;
  readonly files?: PrefixFiles;
  readonly values?: PlaceholderValues;
  readonly env?: NodeJS.ProcessEnv;
  /** How long a large configuration may take to be served on a machine with other work. */
  readonly startDeadlineMs?: number;
}

/** How one program is started on a written configuration. */
export interface ServerProgram {
  readonly command: string;
  /** Arguments before nginx's own `-p`, `-c` and `-g`. */
  readonly leadingArgs: readonly string[];
  /** Main-context directives for `-g`, besides `daemon off` and `pid`. */
  readonly globals: string;
  /** Lines put at the start of the http block. */
  readonly httpPreamble: (dir: string) => string;
}

const running = new Set<RunningServer>();

afterEach(() => {
  for (const server of running) server.assertHealthy();
});
afterAll(async () => {
  for (const server of running) await server.stop();
});

/** A free port may be taken by another test's connection before the server has bound it. */
const STARTS_MAX = 3;

/** Writes the configuration into a fresh prefix, starts the program and resolves once its ports accept. */
export async function startServer(program: ServerProgram, options: ServerOptions): Promise<RunningServer> {
  for (let starts = 1; ; starts++) {
    try {
      return await startOnFreePorts(program, options);
    } catch (error) {
      if (starts === STARTS_MAX || !/bind\(\) to .* failed \(98: /.test((error as Error).message)) throw error;
    }
  }
}

async function startOnFreePorts(program: ServerProgram, options: ServerOptions): Promise<RunningServer> {
  const dir = createPrefix({ "logs/": "", ...options.files });
  const { text, ports } = await fillPlaceholders(completeConf(program, options.conf), dir, options.values);
  const confPath = join(dir, "nginx.conf");
  writeFileSync(confPath, text, "latin1");
  const errorLogPath = join(dir, "logs/error.log");
  const globals = [
    `daemon off; pid ${dir}/server.pid;`,
    /^\s*error_log\s/m.test(text) ? "" : `error_log ${errorLogPath} info;`,
    program.globals,
  ];
  const child = new ServerProcess(program.command, [...program.leadingArgs, "-p", dir, "-c", confPath, "-g", globals.join(" ")], {
    cwd: dir,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  const server = new RunningServer(dir, ports, child, watchErrorLog(errorLogPath));
  try {
    const accepts = async (): Promise<true | undefined> => {
      if (child.ended !== undefined) throw new Error(`The server ended at its start (${JSON.stringify(child.ended)}):\n${child.output}`);
      return existsSync(join(dir, "server.pid")) && (await allAccept(listenPorts(text))) ? true : undefined;
    };
    await waitUntil("the server's pid file and ports", accepts, options.startDeadlineMs);
  } catch (cause) {
    const log = server.errorLog();
    await child.stop("SIGKILL");
    removePrefix(dir);
    throw new Error(`Cannot start the server: ${(cause as Error).message}\n${child.output}${log}`, { cause });
  }
  running.add(server);
  return server;
}

/** A server that runs; stop() or `await using` ends it, and the end of the test file at the latest. */
export class RunningServer {
  readonly dir: string;
  readonly pid: number;
  readonly ports: ReadonlyMap<string, number>;
  readonly #child: ServerProcess;
  readonly #log: ErrorLog;

  constructor(dir: string, ports: ReadonlyMap<string, number>, child: ServerProcess, log: ErrorLog) {
    this.dir = dir;
    this.pid = child.pid;
    this.ports = ports;
    this.#child = child;
    this.#log = log;
  }

  /** The port that stands for `%%PORT_NAME%%`, or for `%%PORT%%` without a name. */
  port(name = ""): number {
    const port = this.ports.get(name);
    if (port === undefined) throw new Error(`Cannot find port "${name}" in the configuration`);
    return port;
  }

  errorLog(): string {
    return this.#log.read();
  }

  accessLog(): string {
    const path = join(this.dir, "logs/access.log");
    return existsSync(path) ? readFileSync(path, "latin1") : "";
  }

  /** Sends raw bytes to `%%PORT%%` (or to where `options` says) on a connection of their own and reads the answers. */
  exchange(request: string | readonly Step[], options: ExchangeOptions = {}): Promise<Exchange> {
    return exchange({ port: options.path === undefined ? this.port(options.portName) : 0, ...options }, request, options);
  }

  /** Expects lines of [crit] and above that match. */
  claim(pattern: RegExp): void {
    this.#log.claim(pattern);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.signal(name);
  }

  /** Settles when the process is gone, however it went. */
  get exit(): Promise<ProcessExit> {
    return this.#child.exit;
  }

  /** Fails the test that left a grave line in the log, or ended the process. */
  assertHealthy(): void {
    expect(this.#log.unclaimed(), "grave lines in the error log that no test claimed").toEqual([]);
    expect(this.#child.ended, `the server ended by itself:\n${this.#child.output}`).toBeUndefined();
  }

  /** Ends the server, looks at its log a last time and removes its prefix. Safe to call twice. */
  async stop(): Promise<void> {
    if (!running.delete(this)) return;
    try {
      await this.#child.stop("SIGTERM");
      expect(this.#log.unclaimed(), "grave lines in the error log that no test claimed").toEqual([]);
    } finally {
      removePrefix(this.dir);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function completeConf(program: ServerProgram, conf: string): string {
  const events = /^\s*events\s*\{/m.test(conf) ? "" : "events { worker_connections 1024; }\n";
  const accessLog = /^\s*access_log\s/m.test(conf) ? "" : "access_log %%DIR%%/logs/access.log;";
  return events + conf.replace(/^(\s*http\s*\{)/m, `$1\n${accessLog}\n${program.httpPreamble("%%DIR%%")}`);
}

/** TCP ports of the `listen` directives, by their address. */
function listenPorts(text: string): readonly { host: string; port: number }[] {
  return [...text.matchAll(/^\s*listen\s+(?:\[([\da-f:]+)\]:|([\d.]+):)?(\d+)[\s;]/gm)].map((match) => ({
    host: match[1] ?? match[2] ?? "127.0.0.1",
    port: Number(match[3]),
  }));
}

async function allAccept(addresses: readonly { host: string; port: number }[]): Promise<boolean> {
  const answers = await Promise.all(addresses.map(accepts));
  return answers.every(Boolean);
}

function accepts(address: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const host = address.host === "0.0.0.0" ? "127.0.0.1" : address.host;
    const socket = connect({ host, port: address.port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
