/** What connections of one listening address share. */

import type { Deadlines } from "../../net/deadlines.ts";
import type { AddressProtocols } from "../core/address-protocols.ts";
import type { HeadLimits, HeadRules } from "../message/parse-request-head.ts";
import type { VirtualHosts } from "../virtual-hosts.ts";

export interface ConnectionHost {
  /** The servers of the snapshot in force; a reload replaces it, and open connections see it with their next request. */
  hosts: VirtualHosts;
  headLimits: HeadLimits;
  headRules: HeadRules;
  protocols: AddressProtocols;
  /** The listener is going away: no connection is kept alive. */
  isDraining: boolean;
  /** While draining: how long a connection between two requests stays for one that may be under way; 0: not at all. */
  idleGraceMs: number;
  readonly deadlines: Deadlines;
}
