/** `ip_hash`: a client stays with a server (nginx: ngx_http_upstream_ip_hash_module.c). */

import { binaryAddress } from "../../http/core/variables/binary-address.ts";
import type { RequestContext } from "../../http/request-context.ts";
import type { Balancer, Selection } from "../balancer.ts";
import type { Peer } from "../peer.ts";
import { RoundRobin } from "../round-robin.ts";
import { ChoiceBalancer, type PeerChooser } from "./choice-balancer.ts";
import { isEligible, peerAtWeight, totalWeight } from "./peer-use.ts";

/** nginx's numbers. */
const FIRST_HASH = 89;
const FACTOR = 113;
const MODULUS = 6271;
/** Of an IPv4 address: neighbours are one client. */
const IPV4_BYTES = 3;
/** Of a client on a unix socket. */
const NO_ADDRESS = "\0\0\0";

/** What is hashed of a client's address. */
export function clientKey(r: RequestContext): string {
  const bytes = binaryAddress(r.exchange.connection.remoteAddress);
  if (bytes.length === 16) return bytes;
  return bytes.length === 4 ? bytes.slice(0, IPV4_BYTES) : NO_ADDRESS;
}

export function createIpHash(peers: readonly Peer[]): Balancer {
  const roundRobin = new RoundRobin(peers);
  return new ChoiceBalancer(roundRobin, new IpHash(roundRobin.primaries));
}

class IpHash implements PeerChooser {
  private readonly peers: readonly Peer[];
  private readonly weight: number;

  constructor(peers: readonly Peer[]) {
    this.peers = peers;
    this.weight = totalWeight(peers);
  }

  choose(selection: Selection, nowMs: number): Peer | "again" {
    const { key } = selection;
    let hash = selection.hash < 0 ? FIRST_HASH : selection.hash;
    for (let i = 0; i < key.length; i++) hash = (hash * FACTOR + key.charCodeAt(i)) % MODULUS;
    selection.hash = hash;
    const peer = peerAtWeight(this.peers, hash % this.weight);
    return peer !== undefined && isEligible(peer, selection, nowMs) ? peer : "again";
  }
}
