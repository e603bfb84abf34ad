/** Chooses the location for a request's URI and checks what a location demands before any handler runs. */

import type { NamedCapture } from "./compiled.ts";
import { redirectResponse } from "./core/special-response.ts";
import { escapeUri } from "./message/escape.ts";
import type { RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";
import type { Response } from "./response.ts";
import { matchLocation } from "./routing/location-match.ts";
import { explainLocationMatch } from "./trace-locations.ts";

/** Sets `r.location`. A number or a response is the answer that the location's rules give already. */
export function enterLocation(r: RequestContext): number | Response | undefined {
  const { locations } = r.server;
  const match = r.trace === undefined ? matchLocation(locations, r.uri) : explainLocationMatch(locations, r.uri, r.trace);
  r.isLocationValid = true;
  if (match === undefined) {
    r.location = r.server.rootLocation;
  } else {
    r.location = match.payload;
    if (match.captures !== undefined) {
      r.captures = match.captures;
      for (let at: typeof match | undefined = match; at !== undefined; at = at.outer) {
        if (at.captures !== undefined) captureNamed(r, at.captures, at.payload.namedCaptures);
      }
    }
    if (match.redirect) {
      limitMethods(r);
      return redirectResponse(r, 301, `${escapeUri(`${r.uri}/`, "uri")}${r.args === "" ? "" : `?${r.args}`}`);
    }
  }
  const { settings } = r.location;
  if (settings.internalOnly && !r.isInternal) return 404;
  limitMethods(r);
  const { declaredLength } = r.exchange.body;
  // Once refused, the page that says so may be anywhere.
  if (settings.bodyBytesMax > 0 && !r.closesConnection && declaredLength > settings.bodyBytesMax && r.exchange.body.received === 0) {
    logRequestError(r, "error", `client intended to send too large body: ${declaredLength} bytes`);
    r.exchange.body.giveUp();
    return 413;
  }
  return undefined;
}

/** `limit_except`: where the location names other methods than the request's, its stand-in takes the request (nginx: ngx_http_update_location_config). */
export function limitMethods(r: RequestContext): void {
  const limit = r.location.limitExcept;
  if (limit === undefined || limit.methods.has(r.method)) return;
  r.trace?.({ step: "limit_except", subject: r.method, text: "is none of the methods named", won: true, span: limit.location.span });
  r.location = limit.location;
}

/** Stores a match's named groups in the variables that carry their names. */
export function captureNamed(r: RequestContext, captures: RegExpMatchArray, names: readonly NamedCapture[]): void {
  if (names.length === 0) return;
  r.values ??= [];
  for (const { index, group } of names) r.values[index] = captures.groups?.[group];
}
