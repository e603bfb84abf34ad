/** Error lines about a request, with the facts nginx adds to them (nginx: ngx_http_log_error). */

import type { LogContext, LogLevel } from "../log/error-log.ts";
import type { RequestContext } from "./request-context.ts";

/**
 * Writes `message, client: A, server: S, request: "…", upstream: "U", host: "H", referrer: "R"` to the error log in force where the request is.
 * `context` gives `upstream`, which has its place in that order, and facts of ours (cause, remedy), which follow.
 * A level that is off costs one comparison.
 */
export function logRequestError(r: RequestContext, level: LogLevel, message: string, context?: LogContext): void {
  const log = r.location.settings.errorLog;
  if (!log.isOn(level)) return;
  const connection = r.exchange.connection;
  log.write(level, connection.serial, message, {
    client: connection.remoteAddress,
    server: r.server.name,
    request: r.head.requestLine === "" ? undefined : r.head.requestLine,
    subrequest: r.parent === undefined ? undefined : r.uri,
    upstream: context?.["upstream"],
    host: r.head.host,
    referrer: r.head.field("referer"),
    ...ownFacts(context),
  });
}

function ownFacts(context: LogContext | undefined): LogContext | undefined {
  if (context === undefined) return undefined;
  const { upstream: _upstream, ...facts } = context;
  return facts;
}
