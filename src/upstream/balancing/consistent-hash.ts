/**
 * `hash key consistent`: as `hash`, and a server that comes or goes moves few keys. The ketama points of Cache::Memcached::Fast (nginx:
 * ngx_http_upstream_hash_module.c, ngx_http_upstream_init_chash).
 */

import { crc32 } from "node:zlib";
import type { Balancer, Selection } from "../balancer.ts";
import type { Peer } from "../peer.ts";
import { RoundRobin } from "../round-robin.ts";
import { ChoiceBalancer, type PeerChooser } from "./choice-balancer.ts";
import { creditWeight, isEligible } from "./peer-use.ts";

/** nginx's: for each unit of weight. */
const POINTS_PER_WEIGHT = 160;

export function createConsistentHash(peers: readonly Peer[]): Balancer {
  const roundRobin = new RoundRobin(peers);
  return new ChoiceBalancer(roundRobin, new ConsistentHash(roundRobin.primaries));
}

class ConsistentHash implements PeerChooser {
  /** In ascending order; `servers` runs in step. */
  private readonly points: readonly number[];
  /** Peers whose `server` line has the same name share its points. */
  private readonly servers: readonly (readonly Peer[])[];

  constructor(peers: readonly Peer[]) {
    const byServer = new Map<string, Peer[]>();
    for (const peer of peers) {
      const { server } = peer.settings;
      byServer.set(server, [...(byServer.get(server) ?? []), peer]);
    }
    const owners = new Map<number, readonly Peer[]>();
    for (const peer of peers) {
      for (const point of pointsOf(peer)) {
        if (!owners.has(point)) owners.set(point, byServer.get(peer.settings.server) ?? []);
      }
    }
    const sorted = [...owners].sort(([a], [b]) => a - b);
    this.points = sorted.map(([point]) => point);
    this.servers = sorted.map(([, owner]) => owner);
  }

  choose(selection: Selection, nowMs: number): Peer | "again" | "none" {
    if (selection.hash < 0) {
      if (selection.key === "") return "none";
      selection.hash = this.firstPointFrom(crc32(Buffer.from(selection.key, "latin1")));
    }
    const peer = pickByWeight(this.servers[selection.hash % this.servers.length] ?? [], selection, nowMs);
    if (peer !== undefined) return peer;
    selection.hash++;
    return "again";
  }

  private firstPointFrom(hash: number): number {
    let low = 0;
    let high = this.points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.points[middle] ?? 0) < hash) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** crc32(HOST \0 PORT PREVIOUS), where PREVIOUS is the hash before in four octets, the least significant first. */
function pointsOf({ settings }: Peer): readonly number[] {
  const base = crc32(Buffer.from(hashedName(settings.server), "latin1"));
  const previous = Buffer.alloc(4);
  return Array.from({ length: settings.weight * POINTS_PER_WEIGHT }, () => {
    const point = crc32(previous, base);
    previous.writeUInt32LE(point);
    return point;
  });
}

/** "app:8000" is "app\08000"; a socket's path and a name without port end in the null octet. */
function hashedName(server: string): string {
  if (server.slice(0, 5).toLowerCase() === "unix:") return `${server.slice(5)}\0`;
  const [, host, port] = /^(.*):(\d*)$/s.exec(server) ?? [];
  return host === undefined ? `${server}\0` : `${host}\0${port}`;
}

function pickByWeight(peers: readonly Peer[], selection: Selection, nowMs: number): Peer | undefined {
  let best: Peer | undefined;
  let total = 0;
  for (const peer of peers) {
    if (!isEligible(peer, selection, nowMs)) continue;
    total += creditWeight(peer);
    if (best === undefined || peer.currentWeight > best.currentWeight) best = peer;
  }
  if (best !== undefined) best.currentWeight -= total;
  return best;
}
