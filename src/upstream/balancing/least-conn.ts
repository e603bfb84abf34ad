/** `least_conn`: the server with the fewest connections for its weight, in turn among equals (nginx: ngx_http_upstream_least_conn_module.c). */

import type { Balancer, PeerOutcome, Selection } from "../balancer.ts";
import type { Peer } from "../peer.ts";
import { RoundRobin } from "../round-robin.ts";
import { creditWeight, isEligible, usePeer } from "./peer-use.ts";

export function createLeastConn(peers: readonly Peer[]): Balancer {
  return new LeastConn(new RoundRobin(peers));
}

class LeastConn implements Balancer {
  readonly tries: number;
  readonly peers: readonly Peer[];
  private readonly roundRobin: RoundRobin;

  constructor(roundRobin: RoundRobin) {
    this.tries = roundRobin.tries;
    this.peers = roundRobin.peers;
    this.roundRobin = roundRobin;
  }

  pick(selection: Selection, nowMs: number): Peer | undefined {
    const { roundRobin } = this;
    if (roundRobin.isSingle) return roundRobin.pick(selection, nowMs);
    if (!selection.usesBackup) {
      const peer = pickLeast(roundRobin.primaries, selection, nowMs);
      if (peer !== undefined || roundRobin.backups.length === 0) return peer;
      selection.usesBackup = true;
      selection.tried = undefined;
    }
    return pickLeast(roundRobin.backups, selection, nowMs);
  }

  release(peer: Peer, outcome: PeerOutcome, nowMs: number): boolean {
    return this.roundRobin.release(peer, outcome, nowMs);
  }
}

function pickLeast(peers: readonly Peer[], selection: Selection, nowMs: number): Peer | undefined {
  let least: Peer | undefined;
  for (const peer of peers) {
    if (isEligible(peer, selection, nowMs) && (least === undefined || compareLoad(peer, least) < 0)) least = peer;
  }
  if (least === undefined) return undefined;
  const equals = peers.filter((peer) => isEligible(peer, selection, nowMs) && compareLoad(peer, least) === 0);
  return usePeer(equals.length === 1 ? least : takeTurn(equals, least), selection, nowMs);
}

function takeTurn(equals: readonly Peer[], first: Peer): Peer {
  let best = first;
  let total = 0;
  for (const peer of equals) {
    total += creditWeight(peer);
    if (peer.currentWeight > best.currentWeight) best = peer;
  }
  best.currentWeight -= total;
  return best;
}

/** Below 0: `a` has fewer connections for its weight than `b`. */
export function compareLoad(a: Peer, b: Peer): number {
  return a.health.connections * b.settings.weight - b.health.connections * a.settings.weight;
}
