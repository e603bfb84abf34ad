/** The Depth field (RFC 4918 section 10.2; nginx: ngx_http_dav_depth). */

import type { RequestContext } from "../../http/request-context.ts";
import { logRequestError } from "../../http/request-log.ts";

export type Depth = "0" | "1" | "infinity" | "invalid";

export function readDepth(r: RequestContext, whenMissing: Depth): Depth {
  const value = r.head.field("depth");
  if (value === undefined) return whenMissing;
  if (value === "0" || value === "1" || value === "infinity") return value;
  logRequestError(r, "error", `client sent invalid "Depth" header: "${value}"`);
  return "invalid";
}

/** Only PUT takes a body. */
export function hasBody(r: RequestContext): boolean {
  return r.exchange.body.declaredLength !== 0;
}
