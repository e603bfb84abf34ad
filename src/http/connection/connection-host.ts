/** What connections of one listening address share. */

import type { Deadlines } from "../../net/deadlines.ts";
import type { HeadLimits, HeadRules } from "../message/parse-request-head.ts";
import type { VirtualHosts } from "../virtual-hosts.ts";

export interface ConnectionHost {
  /** The servers of the snapshot in force; a reload replaces it, and open connections see it with their next request. */
  hosts: VirtualHosts;
  headLimits: HeadLimits;
  headRules: HeadRules;
  /** The listener is going away: no connection is kept alive. */
  isDraining: boolean;
  readonly deadlines: Deadlines;
}
