/** Carries what is known of upstream peers from one worker to those that follow it, so that a reload does not forget a failing server. */

import { type AgedHealth, adoptAged, ageHealth } from "../upstream/balancing/aged-health.ts";
import { PeerHealth } from "../upstream/peer.ts";
import type { ProcessServices } from "./services.ts";

/** Plain data, since it goes between processes. `key`: a healthKey(). */
export type CarriedHealth = readonly (readonly [key: string, state: AgedHealth])[];

/** Peers that never failed are left out, and those that the master keeps. */
export function readHealth(services: Pick<ProcessServices, "sharedEntries">): CarriedHealth {
  const nowMs = performance.now();
  const carried: CarriedHealth[number][] = [];
  for (const [key, value] of services.sharedEntries()) {
    const aged = value instanceof PeerHealth && !value.isCopy ? ageHealth(value, nowMs) : undefined;
    if (aged !== undefined) carried.push([key, aged]);
  }
  return carried;
}

/** To be called before a configuration is loaded: its groups find their peers' health there. Of a peer carried twice the latest failure counts. */
export function adoptHealth(carried: CarriedHealth, services: Pick<ProcessServices, "shared">): void {
  const nowMs = performance.now();
  for (const [key, aged] of carried) {
    adoptAged(
      services.shared(key, () => new PeerHealth()),
      aged,
      nowMs,
    );
  }
}
