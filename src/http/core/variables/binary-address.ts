/** Addresses as their bytes: the short key that `limit_req_zone $binary_remote_addr` counts by. */

import { ipBytes } from "../../../net/ip-address.ts";

/** 4 chars for IPv4, 16 for IPv6 (one char, one byte), a zone ("%eth0") left out; anything else, as "unix:", is returned as it is. */
export function binaryAddress(address: string): string {
  const zoneAt = address.indexOf("%");
  return ipBytes(zoneAt < 0 ? address : address.slice(0, zoneAt)) ?? address;
}
