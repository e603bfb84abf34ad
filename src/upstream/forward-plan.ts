/** What a Forward is made with besides its request. */

import type { Deadlines } from "../net/deadlines.ts";
import type { ForwardSettings } from "./forward-settings.ts";
import type { UpstreamProtocol } from "./upstream-protocol.ts";

/** What does not change from request to request at a location. */
export interface ForwardPlan {
  readonly settings: ForwardSettings;
  readonly protocol: UpstreamProtocol;
  readonly deadlines: Deadlines;
}
