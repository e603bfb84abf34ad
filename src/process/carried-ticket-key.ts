/** Carries the key that TLS session tickets are sealed with from the master to its workers: each takes up what another has sealed. */

import { TICKET_KEY } from "../http/connection/tls/ticket-key.ts";
import type { ProcessServices } from "./services.ts";

/** In base64; undefined where no configuration so far needed one. The master keeps it as long as it lives, so that reloads keep sessions. */
export function readCarriedTicketKey(services: Pick<ProcessServices, "sharedEntries">): string | undefined {
  for (const [name, value] of services.sharedEntries()) {
    if (name === TICKET_KEY && Buffer.isBuffer(value)) return value.toString("base64");
  }
  return undefined;
}

/** To be called before a configuration is loaded. */
export function adoptTicketKey(carried: string | undefined, services: Pick<ProcessServices, "shared">): void {
  if (carried !== undefined) services.shared(TICKET_KEY, () => Buffer.from(carried, "base64"));
}
