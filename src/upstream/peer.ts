/** One address of an upstream group, with what balancing remembers of it (nginx: ngx_http_upstream_rr_peer_t). */

import type { PeerAddress } from "./peer-address.ts";

/** What is known of a peer's health. It outlives configuration snapshots, so that a reload does not forget a failing server. */
export class PeerHealth {
  /** Failures within the current fail_timeout. */
  fails = 0;
  /** Clock milliseconds of the last failure; -Infinity: never. */
  failedAtMs = Number.NEGATIVE_INFINITY;
  /** When it was last given a try after failing. */
  checkedAtMs = Number.NEGATIVE_INFINITY;
  /** Attempts under way. */
  connections = 0;
  /** Another process keeps it for several workers: here stands what this one has seen. */
  isCopy = false;
}

/** Under which `Services.shared` has it, and what processes tell each other of it by. */
export function healthKey(group: string, address: PeerAddress, { server }: Pick<PeerSettings, "server">): string {
  return `upstream peer ${group} ${address.text} ${server}`;
}

/** The `server` line that peers come from. */
export interface PeerSettings {
  /** As written: "app1:8000". */
  readonly server: string;
  readonly weight: number;
  /** 0: failures do not count. */
  readonly maxFails: number;
  readonly failTimeoutMs: number;
  /** 0: unlimited. */
  readonly maxConns: number;
  readonly isBackup: boolean;
  readonly isDown: boolean;
}

export const DEFAULT_PEER_SETTINGS = {
  weight: 1,
  maxFails: 1,
  failTimeoutMs: 10_000,
  maxConns: 0,
  isBackup: false,
  isDown: false,
} as const;

/** Mutable: the balancer alone writes `currentWeight` and `effectiveWeight`. */
export class Peer {
  readonly address: PeerAddress;
  readonly settings: PeerSettings;
  readonly health: PeerHealth;
  currentWeight = 0;
  effectiveWeight: number;

  constructor(address: PeerAddress, settings: PeerSettings, health: PeerHealth = new PeerHealth()) {
    this.address = address;
    this.settings = settings;
    this.health = health;
    this.effectiveWeight = settings.weight;
  }
}
