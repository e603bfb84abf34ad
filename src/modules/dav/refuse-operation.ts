/** The status for an operation that the file system refused, after its log line (nginx: ngx_http_dav_error). */

import { meansNotFound } from "../../http/core/file.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { logRequestError } from "../../http/request-log.ts";
import { describeSystemError } from "../../log/system-error.ts";

/** `operation` is the system's name of it: "mkdir()". `whenMissing` is for a path that is not there. */
export function refuseOperation(
  r: RequestContext,
  operation: string,
  path: string,
  error: NodeJS.ErrnoException,
  whenMissing: 404 | 409,
): number {
  const status = statusOf(error, whenMissing);
  logRequestError(r, status >= 500 ? "crit" : "error", `${operation} "${path}" failed (${describeSystemError(error)})`);
  return status;
}

/** Refuses a request for what it asks. */
export function refuseRequest(r: RequestContext, status: number, reason: string): number {
  logRequestError(r, "error", reason);
  return status;
}

function statusOf(error: NodeJS.ErrnoException, whenMissing: 404 | 409): number {
  if (meansNotFound(error)) return whenMissing;
  switch (error.code) {
    case "EACCES":
    case "EPERM":
      return 403;
    case "EEXIST":
      return 405;
    case "ENOSPC":
      return 507;
    default:
      return 500;
  }
}
