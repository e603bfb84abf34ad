/** Fields of an application's answer that outlive its X-Accel-Redirect: they are put into the answer of the location it led to. */

import type { ResponseHead } from "../http/message/response-head.ts";
import type { Filter } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import { carryFields } from "./response-fields.ts";

// Keyed by the request because an internal redirect empties its slots; an entry lives no longer than its request.
const carriedHeads = new WeakMap<RequestContext, ResponseHead>();

/** To be called when a request is sent elsewhere by an answer. */
export function carryToRedirect(r: RequestContext, head: ResponseHead): void {
  carriedHeads.set(r, head);
}

/** Adds the carried fields to answers of redirected requests, error pages too, and leaves all others alone. */
export const carriedFieldsFilter: Filter = (r, response) => {
  if (r.upstreamHead === undefined) return response;
  const head = carriedHeads.get(r);
  if (head === undefined) return response;
  carriedHeads.delete(r);
  carryFields(head, response);
  return response;
};
