/** Fields of an application's answer that outlive its X-Accel-Redirect: they are put into the answer of the location it led to. */

import type { ResponseHead } from "../http/message/response-head.ts";
import type { Filter } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Response } from "../http/response.ts";

/** Besides Content-Type (nginx: the `redirect` column of ngx_http_upstream_headers_in). */
const CARRIED: ReadonlySet<string> = new Set(["set-cookie", "content-disposition", "cache-control", "expires", "accept-ranges"]);

/** What all answers that redirected a request so far have left for the one that it gets. */
export interface CarriedFields {
  readonly contentType: string | undefined;
  /** Flat: name, value, name, value … */
  readonly fields: readonly string[];
  /** The answer that redirected last. */
  readonly head: ResponseHead;
}

// Keyed by the request because an internal redirect empties its slots; an entry lives no longer than its request.
const carried = new WeakMap<RequestContext, CarriedFields>();

/** To be called when a request is sent elsewhere by an answer. */
export function carryToRedirect(r: RequestContext, head: ResponseHead, forcesRanges: boolean): void {
  carried.set(r, carriedFrom(head, forcesRanges, carried.get(r)));
}

/** `forcesRanges`: what the answer says of ranges does not hold (nginx: ngx_http_upstream_copy_allow_ranges). */
export function carriedFrom(head: ResponseHead, forcesRanges: boolean, before: CarriedFields | undefined): CarriedFields {
  const fields = [...(before?.fields ?? [])];
  for (let i = 0; i < head.lowerNames.length; i++) {
    const lower = head.lowerNames[i] as string;
    if (!CARRIED.has(lower) || (forcesRanges && lower === "accept-ranges")) continue;
    fields.push(head.names[i] as string, head.values[i] as string);
  }
  return { contentType: head.field("content-type") ?? before?.contentType, fields, head };
}

/** Adds the carried fields to answers of redirected requests, error pages too, and leaves all others alone. */
export const carriedFieldsFilter: Filter = (r, response) => {
  if (r.upstreamHead === undefined) return response;
  const left = carried.get(r);
  if (left === undefined) return response;
  carried.delete(r);
  if (r.upstreamHead === left.head) addToOwnAnswer(left, response);
  else addToUpstreamAnswer(left, response);
  return response;
};

/** An answer of this server is of the application's type, and its own Expires and Accept-Ranges give way. */
export function addToOwnAnswer({ contentType, fields }: CarriedFields, response: Response): void {
  // An error page is of its own type, and no ranges are cut from it.
  if (!response.isErrorPage && contentType !== undefined) response.contentType = contentType;
  const added: string[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const lower = name.toLowerCase();
    if (response.isErrorPage && lower === "accept-ranges") continue;
    if (lower === "expires" || lower === "accept-ranges") response.clearField(lower);
    added.push(name, fields[i + 1] as string);
  }
  // nginx had these in its list before the new answer added its own.
  response.fields = [...added, ...response.fields];
}

/** Another upstream's answer has the last word on its type, and its fields stand beside the carried ones. */
export function addToUpstreamAnswer({ contentType, fields }: CarriedFields, response: Response): void {
  response.contentType ??= contentType;
  response.fields = [...fields, ...response.fields];
}
