/** The log phase: runs once for each request, when its answer is on the wire or its client is gone. */

import type { RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";

export function runLogHandlers(r: RequestContext): void {
  const handlers = r.location.logHandlers;
  for (let i = 0; i < handlers.length; i++) {
    try {
      (handlers[i] as (typeof handlers)[number])(r);
    } catch (error) {
      logRequestError(r, "alert", `unexpected error while logging: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
}
