/** What stands behind the server of a soak: applications and origins that can be restarted where they are. */

import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { ServerProcess } from "../harness/server-process.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { startWebSocketOrigin } from "../integration/websocket-origin.ts";

/** One server of an upstream group. */
export interface Backend {
  /** As `server` in an upstream block names it. */
  readonly address: string;
  /** Ends it with all its connections and starts it again at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface Backends {
  readonly uwsgi: readonly Backend[];
  readonly http: readonly Backend[];
  readonly uwsgiWebSockets: Backend | undefined;
  readonly webSocketPort: number;
  stop(): Promise<void>;
}

const UWSGI = ["/usr/bin/uwsgi-core", "/usr/bin/uwsgi"].find((path) => existsSync(path));
const DOWN_MS = 300;

/** Starts two of each kind. `dir` takes the applications' sockets; run in the repository's root. */
export async function startBackends(dir: string): Promise<Backends> {
  const uwsgi = UWSGI === undefined ? [] : await Promise.all([1, 2].map((n) => startApplication(UWSGI, dir, `app${n}`, "wsgi_echo.py")));
  const uwsgiWebSockets =
    UWSGI === undefined ? undefined : await startApplication(UWSGI, dir, "websockets", "websocket_app.py", "--threads", "16");
  const http = await Promise.all([1, 2].map(startHttpOrigin));
  const webSockets = await startWebSocketOrigin();
  return {
    uwsgi,
    http,
    uwsgiWebSockets,
    webSocketPort: webSockets.port,
    stop: async () => {
      await Promise.all([...uwsgi, ...http, ...(uwsgiWebSockets === undefined ? [] : [uwsgiWebSockets])].map((backend) => backend.stop()));
      await webSockets.stop();
    },
  };
}

async function startApplication(program: string, dir: string, name: string, app: string, ...args: readonly string[]): Promise<Backend> {
  const socket = join(dir, `${name}.sock`);
  const options = ["--plugin", "python3", "--master", "--die-on-term", "--need-app", "--wsgi-file", join(process.cwd(), "test/apps", app)];
  const start = async (): Promise<ServerProcess> => {
    const all = [...options, "--socket", socket, "--listen", "100", "-b", "16384", "--processes", "2", "--disable-logging", ...args];
    const child = new ServerProcess(program, all, { cwd: dir, env: { PYTHONDONTWRITEBYTECODE: "1" } });
    await waitUntil("uWSGI's workers", () => /spawned uWSGI worker 2/.test(child.output) || undefined, 20_000);
    return child;
  };
  let child = await start();
  const stop = async (): Promise<void> => {
    await child.stop("SIGTERM");
  };
  return {
    address: `unix:${socket}`,
    stop,
    restart: async () => {
      await stop();
      child = await start();
    },
  };
}

async function startHttpOrigin(): Promise<Backend> {
  const listen = (port: number): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((request, response) => {
        request.resume();
        response.end(`origin ${request.url}\n`.repeat(50));
      });
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => resolve(server));
    });
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return {
    address: `127.0.0.1:${port}`,
    stop,
    restart: async () => {
      await stop();
      await new Promise((resolve) => setTimeout(resolve, DOWN_MS));
      server = await listen(port);
    },
  };
}
