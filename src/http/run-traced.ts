/** A handler asked while a request is only explained: what it does is told, and nothing is sent to an upstream. */

import type { Handler, Verdict } from "./phase.ts";
import type { RequestContext } from "./request-context.ts";
import { Response } from "./response.ts";

/** Handlers that would forward are not run: they are handed to the trace, which asks them what they would send. Others run as when serving. */
export function runTraced(r: RequestContext, handler: Handler, name: string): Verdict | Promise<Verdict> {
  if (!("explain" in handler)) return handler(r);
  r.trace?.({ step: name, text: "takes the request", won: true, span: r.location.span, handler });
  return new Response(200, undefined, -1);
}
