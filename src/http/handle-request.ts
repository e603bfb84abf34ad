/** One request, from its head to its log line: start reading here. */

import { applyErrorPage } from "./apply-error-page.ts";
import type { CompiledLocation } from "./compiled.ts";
import { specialResponse } from "./core/special-response.ts";
import { enterLocation, limitMethods } from "./enter-location.ts";
import { InternalRedirect } from "./internal-redirect.ts";
import type { HeadRefusal } from "./message/head-refusal.ts";
import { openRefusedRequest, openRequest } from "./open-request.ts";
import type { Handler, Verdict } from "./phase.ts";
import type { RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";
import { Response } from "./response.ts";
import { runTraced } from "./run-traced.ts";
import type { VirtualHosts } from "./virtual-hosts.ts";

/** Statuses that get no answer: the connection just closes (408 and 499 are logged, 444 is `return 444`). */
const UNANSWERED: ReadonlySet<number> = new Set([408, 444, 499]);

/** Serves a request whose head has been read. The answer goes out through `r.exchange.send`, now or when a handler's promise settles. */
export function handleRequest(r: RequestContext, hosts: VirtualHosts): void {
  try {
    const refusal = openRequest(r, hosts);
    if (refusal !== undefined) settle(r, refusal);
    else runServerHandlers(r, r.server.openingHandlers, 0);
  } catch (error) {
    fail(r, error);
  }
}

/** Answers a head that could not be accepted, through the error pages of the server it names, where it came to that. */
export function refuseRequest(r: RequestContext, hosts: VirtualHosts, { status, logLine }: HeadRefusal): void {
  try {
    openRefusedRequest(r, hosts);
    logRequestError(r, "info", logLine);
    settle(r, status);
  } catch (error) {
    fail(r, error);
  }
}

/** Serves a request that another one makes: like behind an internal redirect, the phases that judge a client are over. */
export function serveSubrequest(r: RequestContext, target: InternalRedirect): void {
  try {
    redirectInternally(r, target);
  } catch (error) {
    fail(r, error);
  }
}

/** Asks the content handlers of the location that the request is in, and none before them. */
export function serveContent(r: RequestContext): void {
  try {
    runHandlers(r, r.location.contentAt);
  } catch (error) {
    fail(r, error);
  }
}

/** Runs handlers of the server's own from `index` on, then chooses a location. */
function runServerHandlers(r: RequestContext, handlers: readonly Handler[], index: number): void {
  for (let i = index; i < handlers.length; i++) {
    const verdict = (handlers[i] as Handler)(r);
    if (isPassedOn(verdict)) continue;
    if (verdict instanceof Promise) {
      verdict
        .then((settled) => (isPassedOn(settled) ? runServerHandlers(r, handlers, i + 1) : settle(r, settled)))
        .catch((error: unknown) => fail(r, error));
      return;
    }
    settle(r, verdict);
    return;
  }
  route(r);
}

/** Before a location is chosen a changed URI needs nothing more, and there is no access to allow. */
function isPassedOn(verdict: Verdict | Promise<Verdict>): verdict is undefined | "allow" | "relocate" {
  return verdict === undefined || verdict === "relocate" || verdict === "allow";
}

/** Chooses the location for `r.uri` and runs its handlers. */
function route(r: RequestContext): void {
  const refusal = enterLocation(r);
  if (refusal !== undefined) settle(r, refusal);
  else runHandlers(r, 0);
}

/** Asks the location's handlers from `index` on until one answers; without an answer the request is "not found". */
function runHandlers(r: RequestContext, index: number): void {
  const { location } = r;
  const { handlers } = location;
  for (let i = index; i < handlers.length; i++) {
    const handler = handlers[i] as Handler;
    const verdict = r.trace === undefined ? handler(r) : runTraced(r, handler, location.handlerNames[i] ?? "");
    if (verdict instanceof Promise) {
      verdict.then((settled) => proceed(r, location, i, settled)).catch((error: unknown) => fail(r, error));
      return;
    }
    if ((verdict !== undefined && verdict !== "allow") || r.location !== location) {
      proceed(r, location, i, verdict);
      return;
    }
  }
  settle(r, 404);
}

/** Goes on behind the handler at `index`: with the next one, or from the start in the pseudo-location that it entered (`if`). */
function proceed(r: RequestContext, location: CompiledLocation, index: number, verdict: Verdict): void {
  if (verdict !== undefined && verdict !== "allow") settle(r, verdict);
  else runHandlers(r, r.location === location ? index + 1 : 0);
}

/** Carries a verdict out. */
function settle(r: RequestContext, verdict: Exclude<Verdict, undefined | "allow">): void {
  if (verdict instanceof Response) {
    if (verdict.isErrorPage && r.location.settings.errorPages.size > 0) replaceByErrorPage(r, verdict);
    else respond(r, verdict);
  } else if (typeof verdict === "number") {
    respondWithStatus(r, verdict);
  } else if (r.redirectsLeft-- <= 0) {
    logRequestError(
      r,
      "error",
      `rewrite or internal redirection cycle while ${verdict === "relocate" ? `processing "${r.uri}"` : `redirecting to "${verdict.uri}"`}`,
    );
    respondWithoutErrorPage(r, 500);
  } else if (verdict === "relocate") {
    route(r);
  } else {
    redirectInternally(r, verdict);
  }
}

/** A status on its own: its `error_page` if there is one, else the built-in page. */
function respondWithStatus(r: RequestContext, status: number): void {
  if (UNANSWERED.has(status)) {
    r.status = status;
    r.exchange.drop(r);
    return;
  }
  const verdict = applyErrorPage(r, status);
  if (verdict instanceof InternalRedirect) settle(r, verdict);
  else respond(r, verdict);
}

/** A redirect, too, may have an error page: it keeps the Location. */
function replaceByErrorPage(r: RequestContext, answer: Response): void {
  const page = applyErrorPage(r, answer.status);
  if (!(page instanceof InternalRedirect)) {
    respond(r, page.location === undefined ? answer : page);
    return;
  }
  r.redirectLocation = answer.location;
  settle(r, page);
}

function respondWithoutErrorPage(r: RequestContext, status: number): void {
  r.errorStatus = 0;
  respond(r, specialResponse(r, status));
}

function redirectInternally(r: RequestContext, redirect: InternalRedirect): void {
  r.isInternal = true;
  r.uriChanged = true;
  if (redirect.uri.startsWith("@")) {
    const location = r.server.locations.named.get(redirect.uri);
    if (location === undefined) {
      logRequestError(r, "error", `could not find named location "${redirect.uri}"`);
      respondWithoutErrorPage(r, 500);
      return;
    }
    if (redirect.args !== undefined) r.args = redirect.args;
    r.trace?.({ step: "internal redirect", text: `to the named location ${redirect.uri}`, won: true, span: location.span });
    r.location = location;
    limitMethods(r);
    r.slots = undefined;
    runHandlers(r, 0);
    return;
  }
  r.uri = redirect.uri;
  r.args = redirect.args ?? "";
  r.trace?.({ step: "internal redirect", text: `to "${r.uri}"${r.args === "" ? "" : `?${r.args}`}`, won: true });
  r.location = r.server.rootLocation;
  r.slots = undefined;
  runServerHandlers(r, r.server.serverRewrite, 0);
}

/** Sends an answer through the location's filters. */
function respond(r: RequestContext, answer: Response): void {
  let response = answer;
  if (r.errorStatus !== 0 && !response.isErrorPage) {
    if (response.body === undefined && r.method !== "HEAD") {
      // A 204 or 304 ends with its head; sent as anything else it has to say that nothing follows.
      response.body = "";
      response.contentLength = Math.min(response.contentLength, 0);
    }
    response.status = r.errorStatus;
    response.reason = undefined;
  }
  if (r.closesConnection) response.closesConnection = true;
  if (r.redirectLocation !== undefined) response.location ??= r.redirectLocation;
  for (const challenge of r.challenges) response.fields.push("WWW-Authenticate", challenge);
  if (r.unsatisfiedRange !== undefined) response.fields.push("Content-Range", r.unsatisfiedRange);
  response = filtered(r, response);
  if (response.isErrorPage && !answer.isErrorPage && !r.isErrorPage && r.location.settings.errorPages.has(response.status)) {
    replaceRefusal(r, response);
    return;
  }
  r.exchange.send(r, response);
}

/** A filter has refused the answer, 412 or 416: that, too, may have an error page (nginx: ngx_http_filter_finalize_request). */
function replaceRefusal(r: RequestContext, refusal: Response): void {
  refusal.onDone?.();
  r.response = undefined;
  respondWithStatus(r, refusal.status);
}

/** What the location's filters make of an answer. They may ask for it as it is so far, as `add_header X-Type $sent_http_content_type` does. */
function filtered(r: RequestContext, answer: Response): Response {
  const filters = r.location.filters;
  let response = answer;
  r.response = answer;
  r.status = answer.status;
  try {
    for (let i = 0; i < filters.length; i++) {
      response = (filters[i] as (typeof filters)[number])(r, response);
      r.response = response;
      r.status = response.status;
    }
  } catch (error) {
    // Nothing is sent of an answer that a filter failed on.
    r.response = undefined;
    throw error;
  }
  return response;
}

/** Our own mistake: logged whole, answered 500 when nothing has been sent, and the process goes on. */
function fail(r: RequestContext, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  logRequestError(r, "alert", `unexpected error: ${text}`);
  if (r.response !== undefined) {
    r.exchange.drop(r);
    return;
  }
  const response = specialResponse(r, 500);
  r.response = response;
  r.status = 500;
  r.exchange.send(r, response);
}
