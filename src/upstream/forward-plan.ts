/** What a Forward is made with besides its request and payload. */

import type { ConnectionBudget } from "../net/connection-budget.ts";
import type { Deadlines } from "../net/deadlines.ts";
import type { GroupBalancer } from "./balancer.ts";
import type { ForwardSettings } from "./forward-settings.ts";
import type { Http2Sessions } from "./http2/http2-sessions.ts";
import type { FindTransport, Transport } from "./transport.ts";
import type { UpstreamProtocol, UpstreamTarget } from "./upstream-protocol.ts";

/** What does not change from request to request at a location. */
export interface ForwardPlan {
  readonly settings: ForwardSettings;
  readonly protocol: UpstreamProtocol;
  readonly deadlines: Deadlines;
  readonly connections: ConnectionBudget;
  /** Undefined: connections are plain. */
  readonly findTransport: FindTransport | undefined;
  /** Requests go over these connections, with HTTP/2; undefined: over connections of their own. */
  readonly http2: Http2Sessions | undefined;
  /** `proxy_pass_trailers`. */
  readonly passesTrailers: boolean;
}

/** Where one request goes. */
export interface ForwardRoute {
  readonly target: UpstreamTarget;
  readonly transport: Transport;
  readonly balancer: GroupBalancer;
}
