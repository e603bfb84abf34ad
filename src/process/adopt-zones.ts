/** Takes over a configuration's zones, once it is the one being served: the next has to agree with them, and what others counted is forgotten. */

import type { Snapshot } from "../boot/snapshot.ts";
import { LocalSessionCaches, sessionCachesOf } from "../http/connection/tls/session-cache.ts";
import type { Services } from "../http/module.ts";
import { zonesInForce, zonesOf } from "../http/shared-zones.ts";
import { LocalZones } from "../zone/local-zones.ts";

export type AdoptedZones = Pick<Snapshot, "zones" | "sessionCaches">;

export function adoptZones({ zones, sessionCaches }: AdoptedZones, services: Pick<Services, "shared">): void {
  const inForce = zonesInForce(services);
  inForce.clear();
  for (const zone of zones) inForce.set(zone.name, zone);
  const kept = zonesOf(services);
  if (kept instanceof LocalZones) kept.keepOnly(zones);
  const caches = sessionCachesOf(services);
  if (caches instanceof LocalSessionCaches) caches.keepOnly(sessionCaches);
}
