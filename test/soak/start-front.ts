/** The foregate of a soak: two workers in front of all backends, from the built program. */

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { basename, dirname, join } from "node:path";
import { fillPlaceholders } from "../harness/fill-placeholders.ts";
import { type ProcessExit, ServerProcess } from "../harness/server-process.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { workersOf } from "../integration/process-workers.ts";
import type { Backend, Backends } from "./backends.ts";

export const WORKERS = 2;

export interface Front {
  readonly pid: number;
  readonly port: number;
  /** Workers of the present configuration and, for a while, of former ones. */
  workers(): readonly number[];
  reload(): void;
  errorLog(): string;
  readonly exit: Promise<ProcessExit>;
  stop(): Promise<void>;
}

const BUILT = join(process.cwd(), "dist/foregate.js");

const group = (name: string, backends: readonly Backend[], more = ""): string =>
  `upstream ${name} { ${backends.map(({ address }) => `server ${address} fail_timeout=1s;`).join(" ")} ${more} }`;

function confFor({ uwsgi, http, uwsgiWebSockets, webSocketPort }: Backends): string {
  return `
worker_processes ${WORKERS};
error_log %%DIR%%/error.log notice;
pid %%DIR%%/server.pid;
events { worker_connections 1024; }
http {
  access_log %%DIR%%/access.log;
  add_header X-Worker $pid always;
  client_body_buffer_size 16k;
  ${group("http", http, "keepalive 16;")}
  ${uwsgi.length === 0 ? "" : group("uwsgi", uwsgi)}
  server {
    listen 127.0.0.1:%%PORT%%;
    location /static/ { root %%DIR%%; }
    location /proxy/ { proxy_pass http://http; }
    location /websocket/ { proxy_pass http://127.0.0.1:${webSocketPort}; }
    ${uwsgi.length === 0 ? "" : "location /uwsgi/ { uwsgi_pass uwsgi; }"}
    ${uwsgiWebSockets === undefined ? "" : `location /uwsgi-websocket/ { uwsgi_pass ${uwsgiWebSockets.address}; }`}
  }
}`;
}

/** Resolves once all workers serve; throws with the program's output when it ends instead. */
export async function startFront(dir: string, backends: Backends): Promise<Front> {
  mkdirSync(join(dir, "static"));
  writeFileSync(join(dir, "static/page.html"), "<p>soak</p>\n".repeat(2000));
  const { text, ports } = await fillPlaceholders(confFor(backends), dir);
  const confPath = join(dir, "nginx.conf");
  writeFileSync(confPath, text);
  // Workers load the program when they start: a build meanwhile must not change it under them.
  const built = dirname(BUILT);
  for (const file of readdirSync(built)) {
    if (file.endsWith(".js")) copyFileSync(join(built, file), join(dir, file));
  }
  const program = join(dir, basename(BUILT));
  writeFileSync(join(dir, "package.json"), '{"type":"module"}');
  const child = new ServerProcess(process.execPath, [program, "-p", dir, "-c", confPath, "-g", "daemon off;"], { cwd: dir });
  const port = ports.get("") ?? 0;
  await waitUntil("foregate's workers", async () => {
    if (child.ended !== undefined) throw new Error(`foregate ended at its start:\n${child.output}`);
    return workersOf(child.pid).length === WORKERS && (await accepts(port)) ? true : undefined;
  });
  return {
    pid: child.pid,
    port,
    workers: () => workersOf(child.pid),
    reload: () => child.signal("SIGHUP"),
    errorLog: () => readFileSync(join(dir, "error.log"), "latin1"),
    exit: child.exit,
    stop: async () => {
      await child.stop("SIGTERM");
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
