/** The entry of an attempt in what the $upstream_* variables and the logs read. */

import type { RequestContext } from "../http/request-context.ts";
import { UpstreamState } from "../http/upstream-state.ts";

/** `statesBefore`: attempts that the request had made when it came to this location, by an internal redirect. */
export function recordAttempt(r: RequestContext, address: string, statesBefore: number): UpstreamState {
  const state = new UpstreamState(address, statesBefore > 0 && r.upstreamStates?.length === statesBefore);
  if (r.upstreamStates === undefined) r.upstreamStates = [state];
  else r.upstreamStates.push(state);
  return state;
}

/** No peer could be picked: nginx shows the group's name in the place of an address. */
export function recordNoPeer(r: RequestContext, groupName: string, statesBefore: number): void {
  const state = recordAttempt(r, groupName, statesBefore);
  state.status = 502;
  state.errorCode = "no_live_peers";
  state.responseMs = 0;
}
