/** `random [two]`: a server by chance, weights considered; with `two`, the less busy of two of them (nginx: ngx_http_upstream_random_module.c). */

import type { Balancer, Selection } from "../balancer.ts";
import type { Peer } from "../peer.ts";
import { RoundRobin } from "../round-robin.ts";
import { ChoiceBalancer, MISSES_MAX, type PeerChooser } from "./choice-balancer.ts";
import { compareLoad } from "./least-conn.ts";
import { isEligible, peerAtWeight, totalWeight } from "./peer-use.ts";

/** From 0 up to, and without, 1. */
export type Chance = () => number;

export function createRandom(peers: readonly Peer[], choices: "one" | "two", chance: Chance = Math.random): Balancer {
  const roundRobin = new RoundRobin(peers);
  const one = new RandomPeer(roundRobin.primaries, chance);
  return new ChoiceBalancer(roundRobin, choices === "one" ? one : new LessBusyPeer(one));
}

class RandomPeer implements PeerChooser {
  private readonly peers: readonly Peer[];
  private readonly weight: number;
  private readonly chance: Chance;

  constructor(peers: readonly Peer[], chance: Chance) {
    this.peers = peers;
    this.weight = totalWeight(peers);
    this.chance = chance;
  }

  choose(selection: Selection, nowMs: number): Peer | "again" {
    const peer = peerAtWeight(this.peers, Math.floor(this.chance() * this.weight));
    return peer !== undefined && isEligible(peer, selection, nowMs) ? peer : "again";
  }
}

/** nginx: where two different ones cannot be found, round robin chooses. */
class LessBusyPeer implements PeerChooser {
  private readonly random: RandomPeer;

  constructor(random: RandomPeer) {
    this.random = random;
  }

  choose(selection: Selection, nowMs: number): Peer | "none" {
    let first: Peer | undefined;
    while (selection.misses <= MISSES_MAX) {
      const peer = this.random.choose(selection, nowMs);
      if (peer === "again" || peer === first) selection.misses++;
      else if (first === undefined) first = peer;
      else return compareLoad(peer, first) > 0 ? first : peer;
    }
    return "none";
  }
}
