/** A choice among the first servers of a group that falls back to round robin when it finds too often what cannot be used. */

import type { Balancer, PeerOutcome, Selection } from "../balancer.ts";
import type { Peer } from "../peer.ts";
import type { RoundRobin } from "../round-robin.ts";
import { usePeer } from "./peer-use.ts";

/** "again": what was found cannot be used, the next call looks elsewhere; "none": round robin has to choose. */
export interface PeerChooser {
  choose(selection: Selection, nowMs: number): Peer | "again" | "none";
}

/** nginx: as often as this a method may miss for one request. */
export const MISSES_MAX = 20;

export class ChoiceBalancer implements Balancer {
  readonly tries: number;
  readonly peers: readonly Peer[];
  private readonly roundRobin: RoundRobin;
  private readonly chooser: PeerChooser;

  constructor(roundRobin: RoundRobin, chooser: PeerChooser) {
    this.tries = roundRobin.tries;
    this.peers = roundRobin.peers;
    this.roundRobin = roundRobin;
    this.chooser = chooser;
  }

  pick(selection: Selection, nowMs: number): Peer | undefined {
    if (!this.roundRobin.isSingle && !selection.usesBackup) {
      while (selection.misses <= MISSES_MAX) {
        const peer = this.chooser.choose(selection, nowMs);
        if (peer === "none") break;
        if (peer !== "again") return usePeer(peer, selection, nowMs);
        selection.misses++;
      }
    }
    return this.roundRobin.pick(selection, nowMs);
  }

  release(peer: Peer, outcome: PeerOutcome, nowMs: number): boolean {
    return this.roundRobin.release(peer, outcome, nowMs);
  }
}
