/** How a group chooses the peer of each attempt. */

import type { Peer } from "./peer.ts";

/** How an attempt ended: "next" moved on because of an answer (403, 404) that says nothing against the peer. */
export type PeerOutcome = "ok" | "failed" | "next";

/** What choosing remembers for one request. */
export interface Selection {
  /** What a method that hashes goes by; "" for others. */
  readonly key: string;
  /** Peers already tried in the set in use. */
  tried: Peer[] | undefined;
  /** True once the first choice of servers is exhausted and backups are in use. */
  usesBackup: boolean;
  /** Where a method that hashes has come to; -1 before its first choice. */
  hash: number;
  /** Further hashes taken of the same key. */
  rehashes: number;
  /** Peers that a method chose and could not use. */
  misses: number;
  /** The peer at hand was chosen, and its connection is counted, by the keeper of the group's zone. */
  isKept: boolean;
}

/** What requests choose by: at once in this process, or by asking the keeper of the group's zone. */
export interface GroupBalancer {
  /** Attempts a request may make before every peer has been tried once. */
  readonly tries: number;
  readonly peers: readonly Peer[];
  /** The next peer, with its connection counted; undefined: none is live. */
  pick(selection: Selection, nowMs: number): Peer | undefined | Promise<Peer | undefined>;
  /** To be called once for every picked peer. True when this failure takes the peer out of use for its fail_timeout. */
  release(peer: Peer, outcome: PeerOutcome, nowMs: number, selection: Selection): boolean | Promise<boolean>;
}

export interface Balancer extends GroupBalancer {
  pick(selection: Selection, nowMs: number): Peer | undefined;
  release(peer: Peer, outcome: PeerOutcome, nowMs: number): boolean;
}
