/** A subrequest that nobody waits for: it goes on when its request has ended, and its answer is thrown away (nginx: NGX_HTTP_SUBREQUEST_BACKGROUND). */

import { bufferedRequestBody } from "./buffered-request-body.ts";
import type { InternalRedirect } from "./internal-redirect.ts";
import { NO_REQUEST_BODY } from "./no-request-body.ts";
import type { RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";
import { isBodyStream } from "./response.ts";
import { Subrequest } from "./subrequest.ts";

/** How many are under way in this process; one object is shared by all who count. */
export interface BackgroundCount {
  running: number;
}

/** A client cannot make more than these wait on slow upstreams: what would exceed them is left out, and a line says so. */
const RUNNING_MAX = 512;

export interface BackgroundCall {
  readonly target: InternalRedirect;
  /** The request's body as it has been read, or nothing. */
  readonly body: "request's" | "none";
}

/** `prepare` may change the subrequest's context before it starts. */
export function runInBackground(
  r: RequestContext,
  { target, body }: BackgroundCall,
  count: BackgroundCount,
  prepare?: (subrequest: RequestContext) => void,
): void {
  if (count.running >= RUNNING_MAX) {
    logRequestError(r, "warn", `"${target.uri}" is left out: ${RUNNING_MAX} requests are under way in the background`);
    return;
  }
  const { buffered } = r.exchange.body;
  const hasBody = body === "request's" && buffered !== undefined && buffered.length > 0;
  const release = hasBody ? r.exchange.body.retain() : undefined;
  count.running++;
  const finish = (): void => {
    count.running--;
    release?.();
  };
  const subrequest: Subrequest = new Subrequest(
    r,
    { target, method: r.method, body: hasBody ? bufferedRequestBody(buffered) : NO_REQUEST_BODY, lifetime: "own" },
    {
      answered: (response) => {
        if (isBodyStream(response.body)) response.body.abort();
        subrequest.finish();
        finish();
      },
      unanswered: finish,
    },
  );
  prepare?.(subrequest.r);
  if (!subrequest.start()) finish();
}

/** The count for `Services.shared`. */
export function createBackgroundCount(): BackgroundCount {
  return { running: 0 };
}
