/** nginx's smooth weighted round robin with failure accounting (ngx_http_upstream_round_robin.c, described by its author's commit of 2012). */

import type { Balancer, PeerOutcome, Selection } from "./balancer.ts";
import { creditWeight, isAtCapacity, isEligible, usePeer } from "./balancing/peer-use.ts";
import type { Peer } from "./peer.ts";

/** Makes the balancer of a group; peers marked `backup` serve only when no other is live. */
export function createRoundRobin(peers: readonly Peer[]): Balancer {
  return new RoundRobin(peers);
}

export class RoundRobin implements Balancer {
  readonly tries: number;
  readonly peers: readonly Peer[];
  readonly primaries: readonly Peer[];
  readonly backups: readonly Peer[];
  /** nginx: a group of one peer keeps no failures, since there is no other to turn to. */
  readonly isSingle: boolean;

  constructor(peers: readonly Peer[]) {
    this.peers = peers;
    this.primaries = peers.filter((peer) => !peer.settings.isBackup);
    this.backups = peers.filter((peer) => peer.settings.isBackup);
    this.isSingle = peers.length === 1;
    this.tries = peers.filter((peer) => !peer.settings.isDown).length;
  }

  pick(selection: Selection, nowMs: number): Peer | undefined {
    if (this.isSingle) return this.pickSingle();
    if (!selection.usesBackup) {
      const peer = pickBest(this.primaries, selection, nowMs);
      if (peer !== undefined || this.backups.length === 0) return peer;
      selection.usesBackup = true;
      selection.tried = undefined;
    }
    return pickBest(this.backups, selection, nowMs);
  }

  release(peer: Peer, outcome: PeerOutcome, nowMs: number): boolean {
    const { health, settings } = peer;
    health.connections--;
    if (this.isSingle) {
      health.fails = 0;
      return false;
    }
    if (outcome !== "failed") {
      // A try that began after the last failure went well: the peer is live again.
      if (health.failedAtMs < health.checkedAtMs) health.fails = 0;
      return false;
    }
    health.fails++;
    health.failedAtMs = nowMs;
    health.checkedAtMs = nowMs;
    if (settings.maxFails === 0) return false;
    peer.effectiveWeight = Math.max(0, peer.effectiveWeight - Math.trunc(settings.weight / settings.maxFails));
    return health.fails >= settings.maxFails;
  }

  private pickSingle(): Peer | undefined {
    const peer = this.peers[0];
    if (peer === undefined || peer.settings.isDown || isAtCapacity(peer)) return undefined;
    peer.health.connections++;
    return peer;
  }
}

function pickBest(peers: readonly Peer[], selection: Selection, nowMs: number): Peer | undefined {
  let best: Peer | undefined;
  let total = 0;
  for (const peer of peers) {
    if (!isEligible(peer, selection, nowMs)) continue;
    total += creditWeight(peer);
    if (best === undefined || peer.currentWeight > best.currentWeight) best = peer;
  }
  if (best === undefined) return undefined;
  best.currentWeight -= total;
  return usePeer(best, selection, nowMs);
}
