/** Reverse proxies of the Node world, run by the bench's own bundle with packages from its cache. */
import type { Peer } from "../peer.ts";

/** First argument by which main.ts knows that it shall serve such a proxy instead of measure. */
export const NODE_PROXY_COMMAND = "serve-node-proxy";

/** Name in the tables, then its npm packages. */
const PROXIES = {
  "http-proxy": ["http-proxy@1.18.1"],
  "fast-proxy": ["fast-proxy@2.2.0"],
  "fastify-http-proxy": ["fastify@5.12.8", "@fastify/http-proxy@11.6.3"],
} as const;

export type NodeProxyName = keyof typeof PROXIES;
export const NODE_PROXY_NAMES = Object.keys(PROXIES) as readonly NodeProxyName[];

/** `script` is the bench's own bundle, `packagesDirectory` where npm installs for it. */
export function createNodeProxy(name: NodeProxyName, node: string, script: string, packagesDirectory: string): Peer {
  return {
    name,
    program: node,
    packages: [],
    npmPackages: PROXIES[name],
    serves: ({ work, gzip }) => work === "proxy" && !gzip,
    command: (_, { port, originPort }) => ({
      args: [script, NODE_PROXY_COMMAND, name, String(port), String(originPort), packagesDirectory],
      env: { NODE_ENV: "production" },
      files: {},
    }),
  };
}
