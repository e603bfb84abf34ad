/** The arguments of `access_log` (nginx: ngx_http_log_set_log). */

import { parseMilliseconds, parseSize } from "../../config/parse-number.ts";
import type { Report } from "../../config/report.ts";
import type { Span } from "../../config/source.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import { type Arg, argFrom } from "../../config/tree.ts";
import type { LogBuffering } from "../../log/log-file.ts";

export interface AccessLogTarget {
  readonly kind: "file";
  readonly path: string;
  readonly formatName: string;
  readonly buffering: LogBuffering | undefined;
  /** Requests for which this is "" or "0" are not logged. */
  readonly condition: TemplateText | undefined;
  /** Undefined for the default log. */
  readonly span: Span | undefined;
}

/** One `access_log` directive. `off` cancels all others of its level. */
export type AccessLogSetting = AccessLogTarget | { readonly kind: "off" };

/** What applies where no level says anything. */
export const DEFAULT_ACCESS_LOG: AccessLogTarget = {
  kind: "file",
  path: "logs/access.log",
  formatName: "combined",
  buffering: undefined,
  condition: undefined,
  span: undefined,
};

/**
 * Reads `path [format [buffer=size] [flush=time] [if=condition]]` or `off`; mistakes are reported in nginx's words. What is refused counts as
 * `off`, so that no default log is opened in its place.
 */
export function parseAccessLog(args: readonly Arg[], report: Report): AccessLogSetting {
  return parseTarget(args, report) ?? { kind: "off" };
}

function parseTarget(args: readonly Arg[], report: Report): AccessLogSetting | undefined {
  const [path, format, ...parameters] = args;
  if (path === undefined) return undefined;
  if (path.text === "off") return format === undefined ? { kind: "off" } : invalidParameter(format, report);
  if (path.text.startsWith("syslog:")) return report.error("access_log to syslog is not supported yet", path.span);
  if (path.text.includes("$")) {
    return report.error("variables in the path of access_log are not supported yet", path.span, "name one file, or several with if=");
  }
  const read = readParameters(parameters, report);
  if (read === undefined) return undefined;
  const { bytesMax, flushMs, condition } = read;
  if (flushMs > 0 && bytesMax === 0) return report.error(`no buffer is defined for access_log "${path.text}"`, path.span);
  return {
    kind: "file",
    path: path.text,
    formatName: format?.text ?? "combined",
    buffering: bytesMax === 0 ? undefined : { bytesMax, flushMs },
    condition,
    span: report.span,
  };
}

interface Parameters {
  bytesMax: number;
  flushMs: number;
  condition: TemplateText | undefined;
}

function readParameters(args: readonly Arg[], report: Report): Parameters | undefined {
  const parameters: Parameters = { bytesMax: 0, flushMs: 0, condition: undefined };
  for (const arg of args) {
    if (!readParameter(arg, parameters, report)) return undefined;
  }
  return parameters;
}

/** Fills in what one parameter says; false when it is none or malformed. */
function readParameter(arg: Arg, parameters: Parameters, report: Report): boolean {
  const equals = arg.text.indexOf("=");
  const name = equals < 0 ? arg.text : arg.text.slice(0, equals);
  const value = equals < 0 ? undefined : arg.text.slice(equals + 1);
  if (name === "gzip") {
    report.error('"gzip" parameter of access_log is not supported yet', arg.span, "compress the files when they are rotated");
    return false;
  }
  if (name === "buffer" && value !== undefined) {
    parameters.bytesMax = parseSize(value) ?? 0;
    if (parameters.bytesMax === 0) report.error(`invalid buffer size "${value}"`, arg.span);
    return parameters.bytesMax > 0;
  }
  if (name === "flush" && value !== undefined) {
    parameters.flushMs = parseMilliseconds(value) ?? 0;
    if (parameters.flushMs === 0) report.error(`invalid flush time "${value}"`, arg.span);
    return parameters.flushMs > 0;
  }
  if (name === "if" && value !== undefined) {
    parameters.condition = parseTemplateText(argFrom(arg, equals + 1), report);
    return parameters.condition !== undefined;
  }
  invalidParameter(arg, report);
  return false;
}

function invalidParameter(arg: Arg, report: Report): undefined {
  return report.error(`invalid parameter "${arg.text}"`, arg.span);
}
