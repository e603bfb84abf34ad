/** What the client gets in place of an upstream's answer: a page of ours, or what X-Accel-Redirect points to. */

import type { InternalRedirect } from "../http/internal-redirect.ts";
import type { ResponseHead } from "../http/message/response-head.ts";
import type { RequestContext } from "../http/request-context.ts";
import { accelRedirect, takeAccelLimitRate } from "./accel-fields.ts";
import { carryToRedirect } from "./carried-fields.ts";
import { type LoggedUpstream, logUpstream } from "./forward-log.ts";
import type { ForwardSettings } from "./forward-settings.ts";

/** A status for an error page or a redirect; undefined: the answer is passed on. */
export function answerReplacement(
  r: RequestContext,
  head: ResponseHead,
  settings: ForwardSettings,
  upstream: LoggedUpstream,
): InternalRedirect | number | undefined {
  takeAccelLimitRate(r, head, settings.fields.ignored);
  const redirect = accelRedirect(head, settings.fields.ignored);
  if (redirect === undefined) {
    const isIntercepted = settings.interceptErrors && head.status >= 300 && r.location.settings.errorPages.has(head.status);
    return isIntercepted ? head.status : undefined;
  }
  if ("unsafeUri" in redirect) {
    const message = `unsafe URI "${redirect.unsafeUri}" was detected while reading response header from upstream`;
    logUpstream(r, "error", message, upstream);
    return 404;
  }
  carryToRedirect(r, head);
  // nginx: whatever was asked of the application, the file it points to is fetched.
  if (r.method !== "HEAD") r.method = "GET";
  return redirect;
}
