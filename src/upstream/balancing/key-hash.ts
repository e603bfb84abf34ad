/** `hash key`: requests with the same key go to the same server, as Cache::Memcached spreads them (nginx: ngx_http_upstream_hash_module.c). */

import { crc32 } from "node:zlib";
import type { Balancer, Selection } from "../balancer.ts";
import type { Peer } from "../peer.ts";
import { RoundRobin } from "../round-robin.ts";
import { ChoiceBalancer, type PeerChooser } from "./choice-balancer.ts";
import { isEligible, peerAtWeight, totalWeight } from "./peer-use.ts";

export function createKeyHash(peers: readonly Peer[]): Balancer {
  const roundRobin = new RoundRobin(peers);
  return new ChoiceBalancer(roundRobin, new KeyHash(roundRobin.primaries));
}

class KeyHash implements PeerChooser {
  private readonly peers: readonly Peer[];
  private readonly weight: number;

  constructor(peers: readonly Peer[]) {
    this.peers = peers;
    this.weight = totalWeight(peers);
  }

  /** Each further hash is that of the key behind its number, added to those before: ((crc32([REHASH] KEY) >> 16) & 0x7fff) + PREVIOUS. */
  choose(selection: Selection, nowMs: number): Peer | "again" | "none" {
    const { key } = selection;
    if (key === "") return "none";
    const hashed = selection.rehashes === 0 ? key : `${selection.rehashes}${key}`;
    const before = selection.hash < 0 ? 0 : selection.hash;
    selection.hash = before + ((crc32(Buffer.from(hashed, "latin1")) >>> 16) & 0x7fff);
    selection.rehashes++;
    const peer = peerAtWeight(this.peers, selection.hash % this.weight);
    return peer !== undefined && isEligible(peer, selection, nowMs) ? peer : "again";
  }
}
