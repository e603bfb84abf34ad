/** What choosing remembers for a request, on its way between the worker that has the request and the keeper that chooses. */

import type { Selection } from "../balancer.ts";
import type { Peer } from "../peer.ts";
import type { SelectionState } from "./peer-questions.ts";

/** A selection without its request. */
export class KeptSelection implements Selection {
  readonly key: string;
  tried: Peer[] | undefined = undefined;
  usesBackup = false;
  hash = -1;
  rehashes = 0;
  misses = 0;
  isKept = true;

  constructor(key: string) {
    this.key = key;
  }
}

/** Nothing but the tried peers needs remembering. */
export function isPlain({ usesBackup, hash, misses }: Selection): boolean {
  return !usesBackup && hash === -1 && misses === 0;
}

export function stateOf({ tried, usesBackup, hash, rehashes, misses }: Selection, peers: readonly Peer[]): SelectionState {
  return [tried?.map((peer) => peers.indexOf(peer)) ?? [], usesBackup, hash, rehashes, misses];
}

export function restoreState(selection: Selection, state: SelectionState, peers: readonly Peer[]): void {
  const [tried, usesBackup, hash, rehashes, misses] = state;
  selection.tried = tried.length === 0 ? undefined : tried.flatMap((at) => peers[at] ?? []);
  selection.usesBackup = usesBackup;
  selection.hash = hash;
  selection.rehashes = rehashes;
  selection.misses = misses;
}
