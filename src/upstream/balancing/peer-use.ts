/** What all methods of balancing ask of a peer, and do when they have chosen one. */

import type { Selection } from "../balancer.ts";
import type { Peer } from "../peer.ts";

/** Whether a request may be sent to it: it is up, or worth another try, and has not been tried for this request. */
export function isEligible(peer: Peer, selection: Selection, nowMs: number): boolean {
  const { health, settings } = peer;
  if (settings.isDown || selection.tried?.includes(peer) === true || isAtCapacity(peer)) return false;
  return settings.maxFails === 0 || health.fails < settings.maxFails || nowMs - health.checkedAtMs > settings.failTimeoutMs;
}

/** `max_conns`. */
export function isAtCapacity(peer: Peer): boolean {
  return peer.settings.maxConns > 0 && peer.health.connections >= peer.settings.maxConns;
}

/** Counts the connection, and remembers that the peer has been tried. */
export function usePeer(peer: Peer, selection: Selection, nowMs: number): Peer {
  const { health, settings } = peer;
  health.connections++;
  if (nowMs - health.checkedAtMs > settings.failTimeoutMs) health.checkedAtMs = nowMs;
  if (selection.tried === undefined) selection.tried = [peer];
  else selection.tried.push(peer);
  return peer;
}

/** Adds a peer's weight to its account in a smooth weighted choice, and returns it; the caller takes the sum off the chosen one's. */
export function creditWeight(peer: Peer): number {
  const weight = peer.effectiveWeight;
  peer.currentWeight += weight;
  if (weight < peer.settings.weight) peer.effectiveWeight++;
  return weight;
}

/** The peer within whose share of the sum of weights the number falls: with weights 2 and 1, the first for 0 and 1, the second for 2. */
export function peerAtWeight(peers: readonly Peer[], at: number): Peer | undefined {
  let rest = at;
  for (const peer of peers) {
    if (rest < peer.settings.weight) return peer;
    rest -= peer.settings.weight;
  }
  return undefined;
}

/** Peers that are down count as well, so that taking one down does not move the others' requests. */
export function totalWeight(peers: readonly Peer[]): number {
  return peers.reduce((sum, peer) => sum + peer.settings.weight, 0);
}
