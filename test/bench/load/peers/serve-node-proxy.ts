/** Runs one of the Node proxies, each set up as its documentation does for speed: connections to the origin are kept. */
import { Agent, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { NodeProxyName } from "./node-proxies.ts";

/** As many connections to the origin as wrk has clients. */
const ORIGIN_CONNECTIONS = 64;

/** What is used of http-proxy. */
interface HttpProxy {
  createProxyServer(options: object): { web(request: IncomingMessage, response: ServerResponse): void };
}
/** What is used of fast-proxy. */
type FastProxy = (options: object) => { proxy(request: IncomingMessage, response: ServerResponse, url: string, options: object): void };
/** What is used of fastify. */
type Fastify = () => { register(plugin: unknown, options: object): void; listen(options: object): Promise<string> };

/** Listens on `port` and passes all to `originPort`, both of 127.0.0.1, with packages from `packagesDirectory`. */
export async function serveNodeProxy(name: NodeProxyName, port: number, originPort: number, packagesDirectory: string): Promise<void> {
  // The shapes hold for the versions that node-proxies.ts names.
  const load = createRequire(join(packagesDirectory, "index.js"));
  const origin = `http://127.0.0.1:${originPort}`;
  switch (name) {
    case "http-proxy": {
      const agent = new Agent({ keepAlive: true, maxSockets: ORIGIN_CONNECTIONS });
      const proxy = (load("http-proxy") as HttpProxy).createProxyServer({ target: origin, agent });
      createServer((request, response) => proxy.web(request, response)).listen(port, "127.0.0.1");
      return;
    }
    case "fast-proxy": {
      const { proxy } = (load("fast-proxy") as FastProxy)({ base: origin, undici: { connections: ORIGIN_CONNECTIONS } });
      createServer((request, response) => proxy(request, response, request.url ?? "/", {})).listen(port, "127.0.0.1");
      return;
    }
    case "fastify-http-proxy": {
      const server = (load("fastify") as Fastify)();
      server.register(load("@fastify/http-proxy"), { upstream: origin, undici: { connections: ORIGIN_CONNECTIONS, pipelining: 1 } });
      await server.listen({ host: "127.0.0.1", port });
      return;
    }
  }
}
