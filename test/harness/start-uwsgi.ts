/** Starts the real uWSGI with one of the applications in test/apps. UWSGI names another binary. */

import { existsSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ProcessExit, ServerProcess } from "./server-process.ts";
import { createPrefix, removePrefix } from "./temporary-prefix.ts";
import { waitUntil } from "./wait-until.ts";

const APPS = fileURLToPath(new URL("../apps/", import.meta.url));
const UWSGI = [process.env["UWSGI"] ?? "", "/usr/bin/uwsgi-core", "/usr/bin/uwsgi"].find((path) => path !== "" && existsSync(path));

export interface UwsgiOptions {
  /** File in test/apps that defines `application`. */
  readonly app: string;
  /** More command-line arguments, such as `--threads 4`. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export interface RunningUwsgi {
  readonly dir: string;
  readonly pid: number;
  /** It listens on both: `127.0.0.1:port` and the unix socket. */
  readonly port: number;
  readonly socketPath: string;
  log(): string;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<ProcessExit | undefined>;
  [Symbol.asyncDispose](): Promise<void>;
}

export function haveUwsgi(): boolean {
  return UWSGI !== undefined;
}

/** Resolves once the application is loaded and both sockets accept; throws with uWSGI's log when it ends instead. */
export async function startUwsgi(options: UwsgiOptions): Promise<RunningUwsgi> {
  if (UWSGI === undefined) throw new Error("Install uWSGI: no uwsgi-core found");
  const dir = createPrefix();
  const socketPath = join(dir, "app.sock");
  const port = await freePort();
  const args = ["--plugin", "python3", "--master", "--die-on-term", "--need-app", "--chdir", APPS, "--wsgi-file", join(APPS, options.app)];
  const sockets = ["--socket", socketPath, "--socket", `127.0.0.1:${port}`, "--listen", "64"];
  const child = new ServerProcess(UWSGI, [...args, ...sockets, "--processes", "2", ...(options.args ?? [])], {
    cwd: dir,
    env: { PYTHONDONTWRITEBYTECODE: "1", ...options.env },
  });
  let stopped = false;
  const stop = async (): Promise<ProcessExit | undefined> => {
    if (stopped) return undefined;
    stopped = true;
    const exit = await child.stop("SIGTERM");
    removePrefix(dir);
    return exit;
  };
  await waitUntil(
    "uWSGI's workers",
    async () => {
      if (child.ended !== undefined) throw new Error(`uWSGI ended at its start:\n${child.output}`);
      return /spawned uWSGI worker \d+/.test(child.output) && (await accepts(socketPath)) ? true : undefined;
    },
    20_000,
  ).catch(async (cause: Error) => {
    await child.stop("SIGKILL");
    removePrefix(dir);
    throw cause;
  });
  return {
    dir,
    pid: child.pid,
    port,
    socketPath,
    log: () => child.output,
    signal: (name) => child.signal(name),
    stop,
    [Symbol.asyncDispose]: async () => void (await stop()),
  };
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
