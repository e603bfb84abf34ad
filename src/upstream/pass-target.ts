/** The target a request was or is being forwarded to, for $proxy_host and $proxy_port. */

import type { RequestContext } from "../http/request-context.ts";
import { defineRequestSlot } from "../http/request-slot.ts";
import type { UpstreamTarget } from "./upstream-protocol.ts";

const targets = defineRequestSlot<UpstreamTarget>();

export function rememberTarget(r: RequestContext, target: UpstreamTarget): void {
  targets.set(r, target);
}

export function passTarget(r: RequestContext): UpstreamTarget | undefined {
  return targets.get(r);
}
