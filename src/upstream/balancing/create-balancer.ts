/** The methods of balancing by name, so that a group can be told of to another process. */

import type { Balancer } from "../balancer.ts";
import type { Peer } from "../peer.ts";
import { createRoundRobin } from "../round-robin.ts";
import { createConsistentHash } from "./consistent-hash.ts";
import { createIpHash } from "./ip-hash.ts";
import { createKeyHash } from "./key-hash.ts";
import { createLeastConn } from "./least-conn.ts";
import { createRandom } from "./random.ts";

export type MethodName = keyof typeof METHODS;

const METHODS = {
  "round robin": createRoundRobin,
  ip_hash: createIpHash,
  hash: createKeyHash,
  "consistent hash": createConsistentHash,
  least_conn: createLeastConn,
  random: (peers: readonly Peer[]) => createRandom(peers, "one"),
  "random two": (peers: readonly Peer[]) => createRandom(peers, "two"),
} as const;

export function createBalancer(method: MethodName, peers: readonly Peer[]): Balancer {
  return METHODS[method](peers);
}
