/** `error_page` applied to a status (nginx: ngx_http_special_response_handler, ngx_http_send_error_page). */

import { evaluateErrorPage } from "./core/error-page.ts";
import { closesConnection, redirectResponse, specialResponse } from "./core/special-response.ts";
import type { InternalRedirect } from "./internal-redirect.ts";
import type { RequestContext } from "./request-context.ts";
import type { Response } from "./response.ts";

const REDIRECT_STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** The page's internal redirect, the redirect to its URL, or the built-in page where no rule applies. Sets what the client's status will be. */
export function applyErrorPage(r: RequestContext, status: number): InternalRedirect | Response {
  const { errorPages, recursiveErrorPages } = r.location.settings;
  if (closesConnection(status)) r.closesConnection = true;
  const rule = status >= 300 && !r.isErrorPage ? errorPages.get(status) : undefined;
  // nginx: whether the page's own errors are given pages is a matter of the location in which the first error was met.
  if (errorPages.size > 0 && !recursiveErrorPages) r.isErrorPage = true;
  if (rule === undefined) {
    const response = specialResponse(r, status);
    // An error while its page is being made: the page's own failure is what the client sees, under the first status only when it was kept.
    r.errorStatus = 0;
    return response;
  }
  r.trace?.({ step: "error_page", subject: String(status), text: `is answered by ${rule.target.source}`, won: true });
  const page = evaluateErrorPage(rule, r);
  if (typeof page === "string") {
    r.errorStatus = 0;
    const answer = typeof rule.answerStatus === "number" && REDIRECT_STATUSES.has(rule.answerStatus) ? rule.answerStatus : 302;
    return redirectResponse(r, answer, page);
  }
  r.errorStatus = rule.answerStatus === "handler's" ? 0 : rule.answerStatus === "kept" ? status : rule.answerStatus;
  r.status = r.errorStatus;
  if (!page.uri.startsWith("@") && r.method !== "HEAD") r.method = "GET";
  return page;
}
