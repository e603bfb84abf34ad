/** The servers that take part: those chosen whose programs the machine has or may get. */
import { findProgram, installMissing, type Needed } from "./install.ts";
import { installNpmPackages, npmCacheDirectory } from "./npm-cache.ts";
import type { Options } from "./options.ts";
import type { Peer } from "./peer.ts";
import { apache } from "./peers/apache.ts";
import { caddy } from "./peers/caddy.ts";
import { createFloor } from "./peers/floor.ts";
import { createForegate } from "./peers/foregate.ts";
import { haproxy } from "./peers/haproxy.ts";
import { nginx } from "./peers/nginx.ts";
import { createNodeProxy, NODE_PROXY_NAMES } from "./peers/node-proxies.ts";

export interface Chosen {
  readonly peers: readonly Peer[];
  /** What is missing, each as a sentence. */
  readonly missing: readonly string[];
}

/** Installs what may be installed of the peers and of `others`; `script` is the bench's own bundle. */
export function choosePeers(options: Options, others: readonly Needed[], script: string): Chosen {
  const { jobs, node, foregate, install } = options;
  const all: readonly Peer[] = [
    nginx,
    haproxy,
    apache,
    caddy,
    ...NODE_PROXY_NAMES.map((name) => createNodeProxy(name, node, script, npmCacheDirectory())),
    createForegate(node, foregate),
    createFloor(node, script),
  ];
  const wanted = all.filter((peer) => options.peers.some((name) => name === peer.name) && jobs.some((job) => peer.serves(job)));
  const missing = installMissing([...others, ...wanted], install);
  const peers = wanted.filter(({ name, program, npmPackages = [] }) => {
    if (findProgram(program) === undefined) return false;
    const failure = npmPackages.length === 0 ? undefined : installNpmPackages(npmPackages, install);
    if (failure !== undefined) missing.push(`${name} is LEFT OUT: ${failure}`);
    return failure === undefined;
  });
  return { peers, missing };
}
