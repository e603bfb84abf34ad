/** A group as the keeper of its zone has it: its peers' health, and who is next, for all workers alike. */

import type { Balancer } from "../balancer.ts";
import { healthKey, Peer, PeerHealth } from "../peer.ts";
import { type AgedHealth, adoptAged, ageHealth } from "./aged-health.ts";
import { createBalancer } from "./create-balancer.ts";
import type { GroupDefinition, ToldPeer } from "./peer-questions.ts";

/** While its names are looked up again, or its configuration is, a group has other peers for some workers than for others. */
export const VERSIONS_MAX = 4;

export class KeptGroup {
  private readonly name: string;
  /** By healthKey(). */
  private readonly healths = new Map<string, PeerHealth>();
  /** By what defines them, the one asked for last standing last. */
  private readonly versions = new Map<string, Balancer>();

  constructor(name: string) {
    this.name = name;
  }

  /** Those who tell of the same peers and method share one balancer: over workers, and over reloads. */
  open({ method, peers }: Pick<GroupDefinition, "method" | "peers">, nowMs: number): Balancer {
    const text = JSON.stringify([method, peers.map(({ address, settings }) => [address.text, settings])]);
    const known = this.versions.get(text);
    const balancer = known ?? createBalancer(method, this.makePeers(peers, nowMs));
    this.versions.delete(text);
    this.versions.set(text, balancer);
    if (known === undefined) this.forgetOld();
    return balancer;
  }

  /** Of peers that have failed. */
  health(nowMs: number): readonly (readonly [key: string, health: AgedHealth])[] {
    return [...this.healths].flatMap(([key, health]) => {
      const aged = ageHealth(health, nowMs);
      return aged === undefined ? [] : [[key, aged] as const];
    });
  }

  private makePeers(peers: readonly ToldPeer[], nowMs: number): readonly Peer[] {
    return peers.map(({ address, settings, health }) => {
      const key = healthKey(this.name, address, settings);
      let kept = this.healths.get(key);
      if (kept === undefined) {
        kept = new PeerHealth();
        if (health !== undefined) adoptAged(kept, health, nowMs);
        this.healths.set(key, kept);
      }
      return new Peer(address, settings, kept);
    });
  }

  private forgetOld(): void {
    for (const text of this.versions.keys()) {
      if (this.versions.size <= VERSIONS_MAX) break;
      this.versions.delete(text);
    }
    const used = new Set([...this.versions.values()].flatMap(({ peers }) => peers.map(({ health }) => health)));
    for (const [key, health] of this.healths) if (!used.has(health) && health.connections === 0) this.healths.delete(key);
  }
}
