/** A location's core settings, gathered from the tables of `http/core/` into what the engine reads on a request. */

import type { ErrorLog } from "../../log/error-log.ts";
import type { Scope } from "../module.ts";
import { compileBodyBuffering } from "./body-buffering.ts";
import { clientDirectives } from "./client-directives.ts";
import { compileEarlyHints } from "./early-hints.ts";
import { compileErrorPages, errorPageDirectives } from "./error-page.ts";
import { fileDirectives } from "./file.ts";
import { compileInternal, internalDirectives } from "./internal.ts";
import type { LocationSettings } from "./location-settings.ts";
import { compileRoot, rootDirectives } from "./root.ts";
import { subrequestDirectives } from "./subrequest-directives.ts";
import { compileTypes, typesDirectives } from "./types.ts";

/** Everything that a location's settings are made of. */
export const CORE_SETTINGS_TABLES = [
  clientDirectives,
  errorPageDirectives,
  fileDirectives,
  internalDirectives,
  rootDirectives,
  subrequestDirectives,
  typesDirectives,
] as const;

export function compileLocationSettings(scope: Scope, errorLog: ErrorLog): LocationSettings {
  const conf = scope.settings(clientDirectives);
  return {
    errorLog,
    errorPages: compileErrorPages(scope.settings(errorPageDirectives), scope),
    recursiveErrorPages: conf.recursive_error_pages,
    ...compileInternal(scope.settings(internalDirectives)),
    logsSubrequests: scope.settings(subrequestDirectives).log_subrequest,
    subrequestBytesMax: scope.settings(subrequestDirectives).subrequest_output_buffer_size,
    bodyBytesMax: conf.client_max_body_size,
    bodyBuffering: compileBodyBuffering(conf, scope.paths.prefix),
    bodyTimeoutMs: conf.client_body_timeout,
    sendTimeoutMs: conf.send_timeout,
    keepaliveTimeoutMs: conf.keepalive_timeout.timeout,
    keepaliveMinTimeoutMs: conf.keepalive_min_timeout,
    keepaliveHeaderSeconds: conf.keepalive_timeout.header ?? 0,
    keepaliveRequests: conf.keepalive_requests,
    keepaliveTimeMs: conf.keepalive_time,
    keepaliveDisabled: conf.keepalive_disable,
    lingeringClose: conf.lingering_close,
    lingeringTimeMs: conf.lingering_time,
    lingeringTimeoutMs: conf.lingering_timeout,
    resetsTimedOut: conf.reset_timedout_connection,
    passesEarlyHints: compileEarlyHints(conf, scope),
    chunkedTransferEncoding: conf.chunked_transfer_encoding,
    serverTokens: conf.server_tokens,
    absoluteRedirect: conf.absolute_redirect,
    portInRedirect: conf.port_in_redirect,
    serverNameInRedirect: conf.server_name_in_redirect,
    logNotFound: scope.settings(fileDirectives).log_not_found,
    ...compileRoot(scope),
    ...compileTypes(scope.settings(typesDirectives)),
  };
}
