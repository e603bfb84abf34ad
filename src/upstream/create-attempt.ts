/** Which kind of attempt a location makes: one over a connection of its own, or a stream of a shared one. */

import { Attempt } from "./attempt.ts";
import type { AttemptListener } from "./attempt-listener.ts";
import { Http2Attempt } from "./http2/http2-attempt.ts";
import type { AttemptOrder, UpstreamAttempt } from "./upstream-attempt.ts";

/** Undefined: it needs a connection, and the process has as many as it may have. */
export function createAttempt(listener: AttemptListener, order: AttemptOrder): UpstreamAttempt | undefined {
  const { plan, route, payload, method, peer, state, reused } = order;
  const { transport, target } = route;
  const { connections } = plan;
  if (plan.http2 === undefined) {
    if (reused === undefined && connections.isSpent && !connections.makeRoom()) return undefined;
    return new Attempt(listener, plan, payload, method, peer, state, transport, reused);
  }
  const session = plan.http2.acquire(target.group, peer.address, transport, plan.settings.timeouts.socketKeepalive);
  return session === undefined ? undefined : new Http2Attempt(listener, order, session);
}
