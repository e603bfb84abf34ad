/** Opens the error logs in force in a block; one that cannot be opened is a mistake of the configuration, as in nginx. */

import { errorLogDirectives, errorLogTargets } from "../http/core/error-log.ts";
import type { Scope } from "../http/module.ts";
import type { ErrorLogTarget } from "../log/create-error-logs.ts";
import type { ErrorLog } from "../log/error-log.ts";
import { describeSystemError } from "../log/system-error.ts";

export function openErrorLog(scope: Scope): ErrorLog {
  const { errorLogs } = scope.services;
  const settings = scope.settings(errorLogDirectives).error_log;
  const [first] = settings;
  const targets = first?.span === undefined ? [defaultTarget(scope)] : errorLogTargets(settings, scope.paths.prefix);
  try {
    return errorLogs.open(targets);
  } catch (error) {
    const message = `open() "${targets.map((target) => target.path).join('", "')}" failed (${describeSystemError(error as NodeJS.ErrnoException)})`;
    const span = scope.originOf("error_log");
    scope.report({ level: "emerg", code: "cannot-open-log", message, ...(span === undefined ? {} : { span }) });
    return errorLogs.open([]);
  }
}

/** Where no `error_log` is in force: the file of `-e`, or nginx's own place. */
function defaultTarget(scope: Scope): ErrorLogTarget {
  return { path: scope.paths.errorLog, level: "error", format: "text" };
}
