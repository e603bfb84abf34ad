/** Host names to addresses, through the system as nginx does when it reads its configuration (getaddrinfo: hosts file and DNS). */

import { lookup } from "node:dns/promises";

/** All addresses of a name in the system's order; none when it does not resolve. Never rejects. */
export type HostLookup = (host: string) => Promise<readonly string[]>;

export const lookupHost: HostLookup = async (host) => {
  try {
    const found = await lookup(host, { all: true, order: "verbatim" });
    return [...new Set(found.map((entry) => entry.address))];
  } catch {
    // Every failure means the same to the caller: no address now.
    return [];
  }
};
