/** How the end of an answer's body is marked. Source: RFC 9112 section 6.3. */

import type { RequestContext } from "../request-context.ts";
import type { Response } from "../response.ts";

/** `none`: no body, whatever the fields say; `close`: it ends with the connection. */
export type BodyFraming = "none" | "length" | "chunked" | "close";

/** What the request's version and method, the answer's status and its known length leave. */
export function responseFraming(r: RequestContext, response: Response): BodyFraming {
  if (r.head.version === 9) return "close";
  if (r.head.method === "HEAD" || response.status === 204 || response.status === 304 || response.status < 200) return "none";
  const mayChunk = r.head.version >= 11 && r.location.settings.chunkedTransferEncoding;
  if (response.trailers !== undefined && mayChunk) return "chunked";
  if (response.contentLength >= 0) return "length";
  return mayChunk ? "chunked" : "close";
}
