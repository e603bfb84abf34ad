/** Takes over a configuration's zones, once it is the one being served: the next has to agree with them, and what others counted is forgotten. */

import type { Services } from "../http/module.ts";
import { zonesInForce, zonesOf } from "../http/shared-zones.ts";
import { LocalZones } from "../zone/local-zones.ts";
import type { ZoneIdentity } from "../zone/zone-identity.ts";

export function adoptZones(zones: readonly ZoneIdentity[], services: Pick<Services, "shared">): void {
  const inForce = zonesInForce(services);
  inForce.clear();
  for (const zone of zones) inForce.set(zone.name, zone);
  const kept = zonesOf(services);
  if (kept instanceof LocalZones) kept.keepOnly(zones);
}
