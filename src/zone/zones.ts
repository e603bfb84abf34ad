/** Where limits are kept: in this process, or in the master of several workers. */

import type { ConnectionLimit, ConnectionLimiter } from "./connection-limiter.ts";
import type { RequestLimit, RequestLimiter } from "./request-limiter.ts";

export interface Zones {
  /** To be made once for each list of limits, while a configuration is compiled. */
  requestLimiter(limits: readonly RequestLimit[]): RequestLimiter;
  connectionLimiter(limits: readonly ConnectionLimit[]): ConnectionLimiter;
}
