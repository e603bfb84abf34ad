/** Carries what is known of upstream peers from one worker to those that follow it, so that a reload does not forget a failing server. */

import { PeerHealth } from "../upstream/peer.ts";
import type { ProcessServices } from "./services.ts";

/** Plain data, since it goes between processes; times are ages in milliseconds, for every process has its own clock; null: never. */
export type CarriedHealth = readonly (readonly [
  key: string,
  state: { readonly fails: number; readonly failedAgoMs: number | null; readonly checkedAgoMs: number | null },
])[];

/** Peers that never failed are left out. */
export function readHealth(services: Pick<ProcessServices, "sharedEntries">): CarriedHealth {
  const nowMs = performance.now();
  const carried: CarriedHealth[number][] = [];
  for (const [key, value] of services.sharedEntries()) {
    if (!(value instanceof PeerHealth) || value.failedAtMs === Number.NEGATIVE_INFINITY) continue;
    carried.push([key, { fails: value.fails, failedAgoMs: ageOf(value.failedAtMs, nowMs), checkedAgoMs: ageOf(value.checkedAtMs, nowMs) }]);
  }
  return carried;
}

/** To be called before a configuration is loaded: its groups find their peers' health there. Of a peer carried twice the latest failure counts. */
export function adoptHealth(carried: CarriedHealth, services: Pick<ProcessServices, "shared">): void {
  const nowMs = performance.now();
  for (const [key, { fails, failedAgoMs, checkedAgoMs }] of carried) {
    const health = services.shared(key, () => new PeerHealth());
    const failedAtMs = timeOf(failedAgoMs, nowMs);
    if (failedAtMs <= health.failedAtMs) continue;
    health.fails = fails;
    health.failedAtMs = failedAtMs;
    health.checkedAtMs = timeOf(checkedAgoMs, nowMs);
  }
}

function ageOf(atMs: number, nowMs: number): number | null {
  return atMs === Number.NEGATIVE_INFINITY ? null : nowMs - atMs;
}

function timeOf(ageMs: number | null, nowMs: number): number {
  return ageMs === null ? Number.NEGATIVE_INFINITY : nowMs - ageMs;
}
