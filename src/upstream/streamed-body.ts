/** Request bodies that are sent on as they come: what is left of one afterwards. */

import type { RequestContext } from "../http/request-context.ts";

/** The body went to an earlier upstream of this request (before an error page or X-Accel-Redirect) and was not kept. */
export function isStreamedAway(r: RequestContext): boolean {
  const { body } = r.exchange;
  return r.upstreamStates !== undefined && body.received > 0 && body.buffered === undefined;
}

/** Why the client's body cannot be had: the status of its refusal (400, 408, 413), 500 when our copy of it failed. */
export function statusOfBodyFailure(r: RequestContext): number {
  // Nothing is read by this: a refused body answers with its status, and one that is here with itself.
  const refusal = r.exchange.body.buffer(r.location.settings.bodyBuffering);
  return typeof refusal === "number" ? refusal : 500;
}
