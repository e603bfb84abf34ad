/** `error_log` (nginx: ngx_core_module, ngx_http_core_module): where messages go, from which level on, and in which form. */

import { defineDirectives, many } from "../../config/define-directives.ts";
import { nearestName } from "../../config/did-you-mean.ts";
import type { Report } from "../../config/report.ts";
import type { Span } from "../../config/source.ts";
import type { Arg } from "../../config/tree.ts";
import type { ErrorLogTarget } from "../../log/create-error-logs.ts";
import { LOG_LEVELS, type LogLevel } from "../../log/error-log.ts";
import { isSyslog, parseSyslog } from "./parse-syslog.ts";

/** A target as written: its path may be relative to the prefix. */
export interface ErrorLogSetting extends ErrorLogTarget {
  /** Undefined for the default. */
  readonly span: Span | undefined;
}

const DEFAULT_ERROR_LOG: ErrorLogSetting = { path: "logs/error.log", level: "error", format: "text", span: undefined };

export const errorLogDirectives = defineDirectives({
  error_log: many({
    in: ["main", "http", "server", "location"],
    parse: parseErrorLog,
    arity: [1, Number.POSITIVE_INFINITY],
    default: [DEFAULT_ERROR_LOG],
    syntax: "file | stderr | syslog:server=address[,...] [level] [format=text | json]",
  }),
});

/** What `createErrorLogs` opens for the settings in force in a block: relative paths are below `prefix`, which ends in "/". */
export function errorLogTargets(settings: readonly ErrorLogSetting[], prefix: string): readonly ErrorLogTarget[] {
  return settings.map(({ span: _span, ...target }) =>
    target.syslog === undefined ? { ...target, path: fullPath(target.path, prefix) } : target,
  );
}

function fullPath(path: string, prefix: string): string {
  return path === "stderr" || path.startsWith("/") ? path : prefix + path;
}

/** Where a part is refused the rest still counts, so that no default log is opened in its place. */
function parseErrorLog(args: readonly Arg[], report: Report): ErrorLogSetting | undefined {
  const [path, ...words] = args;
  if (path === undefined) return undefined;
  const place = readPlace(path, report) ?? { path: "stderr" };
  const format = readFormat(words, report) ?? "text";
  const levels = words.filter((arg) => !isFormat(arg));
  return { ...place, level: readLevel(levels, report) ?? "error", format, span: report.span };
}

function readPlace(arg: Arg, report: Report): Pick<ErrorLogTarget, "path" | "syslog"> | undefined {
  if (arg.text.startsWith("memory:")) {
    return report.error("error_log to memory is not supported", arg.span, "log to a file: a debugger that could read the memory is for C");
  }
  if (!isSyslog(arg)) return { path: arg.text };
  const syslog = parseSyslog(arg, report);
  return syslog && { path: arg.text, syslog };
}

function isFormat(arg: Arg): boolean {
  return arg.text.startsWith("format=");
}

function readFormat(args: readonly Arg[], report: Report): "text" | "json" | undefined {
  const arg = args.find(isFormat);
  if (arg === undefined) return "text";
  const word = arg.text.slice("format=".length);
  if (word === "text" || word === "json") return word;
  return report.error(`invalid parameter "${arg.text}"`, arg.span, "text and json are known");
}

/** nginx's debug_* levels narrow what --with-debug builds print; here they are all debug. */
const DEBUG_PARTS: ReadonlySet<string> = new Set([
  "debug_core",
  "debug_alloc",
  "debug_mutex",
  "debug_event",
  "debug_http",
  "debug_mail",
  "debug_stream",
]);

/** One level, or some of nginx's debug parts. */
function readLevel(args: readonly Arg[], report: Report): LogLevel | undefined {
  let level: LogLevel | undefined;
  let hasDebugParts = false;
  for (const arg of args) {
    const named = LOG_LEVELS.find((known) => known === arg.text);
    if (named !== undefined) {
      if (level !== undefined || hasDebugParts) return report.error(`duplicate log level "${arg.text}"`, arg.span);
      level = named;
    } else if (DEBUG_PARTS.has(arg.text) && level === undefined) {
      hasDebugParts = true;
    } else {
      const near = nearestName(arg.text, LOG_LEVELS);
      const hint = near === undefined ? `one of ${LOG_LEVELS.join(", ")}` : `did you mean "${near}"?`;
      return report.error(`invalid log level "${arg.text}"`, arg.span, hint);
    }
  }
  return hasDebugParts ? "debug" : (level ?? "error");
}
