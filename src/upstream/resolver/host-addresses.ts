/** What looking a name up comes to, whoever is asked. */

import { lookupHost } from "../resolve-host.ts";

export interface HostAddresses {
  /** None when there is a failure. */
  readonly addresses: readonly string[];
  /** nginx's number and words, "3: Host not found"; "" when there are addresses. */
  readonly failure: string;
  /** Clock milliseconds; Infinity: until the next reload. */
  readonly validUntilMs: number;
}

/** Never rejects. */
export type FindAddresses = (host: string) => Promise<HostAddresses>;

export const NOT_FOUND = "3: Host not found";

/** The system's answer, which has no time to live: nginx keeps it as long as the configuration. */
export const systemAddresses: FindAddresses = async (host) => {
  const addresses = await lookupHost(host);
  return { addresses, failure: addresses.length === 0 ? NOT_FOUND : "", validUntilMs: Number.POSITIVE_INFINITY };
};
