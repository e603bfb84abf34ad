/** What the client gets in place of an upstream's answer: a page of ours, or what X-Accel-Redirect points to. */

import type { InternalRedirect } from "../http/internal-redirect.ts";
import type { ResponseHead } from "../http/message/response-head.ts";
import type { RequestContext } from "../http/request-context.ts";
import { accelRedirect, takeAccelCharset, takeAccelLimitRate } from "./accel-fields.ts";
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
  takeAccelCharset(r, head, settings.fields.ignored);
  // nginx: an error that is intercepted leads nowhere else.
  if (head.status >= 300 && isIntercepted(r, head.status, settings)) {
    if (head.status === 401) r.challenges = head.fieldLines("www-authenticate");
    return head.status;
  }
  const redirect = accelRedirect(head, settings.fields.ignored);
  if (redirect === undefined) return undefined;
  carryToRedirect(r, head, settings.fields.forceRanges);
  if ("unsafeUri" in redirect) {
    const message = `unsafe URI "${redirect.unsafeUri}" was detected while reading response header from upstream`;
    logUpstream(r, "error", message, upstream);
    return 404;
  }
  // nginx: whatever was asked of the application, the file it points to is fetched; a named location is told how it was asked.
  if (r.method !== "HEAD" && !redirect.uri.startsWith("@")) r.method = "GET";
  return redirect;
}

function isIntercepted(r: RequestContext, status: number, { interceptErrors, intercepts404 }: ForwardSettings): boolean {
  return (interceptErrors && r.location.settings.errorPages.has(status)) || (intercepts404 && status === 404);
}
