/** The arguments of `access_log` (nginx: ngx_http_log_set_log). */

import { parseMilliseconds, parseSize } from "../../config/parse-number.ts";
import type { Report } from "../../config/report.ts";
import type { Span } from "../../config/source.ts";
import { parseTemplateText, type TemplateText } from "../../config/template-text.ts";
import { type Arg, argFrom } from "../../config/tree.ts";
import { isSyslog, parseSyslog } from "../../http/core/parse-syslog.ts";
import type { LogBuffering } from "../../log/log-file.ts";
import type { SyslogTarget } from "../../log/syslog-target.ts";

/** Where lines go. */
export type AccessLogPlace =
  | { readonly kind: "file"; readonly path: string; readonly buffering: LogBuffering | undefined }
  /** The path has variables. */
  | { readonly kind: "named file"; readonly path: TemplateText }
  | { readonly kind: "syslog"; readonly target: SyslogTarget };

export interface AccessLogTarget {
  readonly kind: "log";
  readonly place: AccessLogPlace;
  readonly formatName: string;
  /** Requests for which this is "" or "0" are not logged. */
  readonly condition: TemplateText | undefined;
  /** Undefined for the default log. */
  readonly span: Span | undefined;
}

/** One `access_log` directive. `off` cancels all others of its level. */
export type AccessLogSetting = AccessLogTarget | { readonly kind: "off" };

/** What applies where no level says anything. */
export const DEFAULT_ACCESS_LOG: AccessLogTarget = {
  kind: "log",
  place: { kind: "file", path: "logs/access.log", buffering: undefined },
  formatName: "combined",
  condition: undefined,
  span: undefined,
};

/** nginx: the buffer of `gzip` without `buffer=`. */
const GZIP_BYTES_MAX = 64 * 1024;

/** nginx: Z_BEST_SPEED. */
const GZIP_LEVEL_DEFAULT = 1;

/**
 * Reads `path [format [buffer=size] [gzip[=level]] [flush=time] [if=condition]]` or `off`; mistakes are reported in nginx's words. What is
 * refused counts as `off`, so that no default log is opened in its place.
 */
export function parseAccessLog(args: readonly Arg[], report: Report): AccessLogSetting {
  return parseTarget(args, report) ?? { kind: "off" };
}

function parseTarget(args: readonly Arg[], report: Report): AccessLogSetting | undefined {
  const [path, format, ...parameters] = args;
  if (path === undefined) return undefined;
  if (path.text === "off") return format === undefined ? { kind: "off" } : invalidParameter(format, report);
  const read = readParameters(parameters, report);
  if (read === undefined) return undefined;
  const { condition } = read;
  const place = readPlace(path, read, report);
  return place && { kind: "log", place, formatName: format?.text ?? "combined", condition, span: report.span };
}

function readPlace(path: Arg, { bytesMax, flushMs, gzipLevel }: Parameters, report: Report): AccessLogPlace | undefined {
  const target = isSyslog(path) ? parseSyslog(path, report) : undefined;
  if (isSyslog(path) && target === undefined) return undefined;
  if (flushMs > 0 && bytesMax === 0) return report.error(`no buffer is defined for access_log "${path.text}"`, path.span);
  if (target !== undefined) {
    return bytesMax === 0 ? { kind: "syslog", target } : report.error("logs to syslog cannot be buffered", path.span);
  }
  if (!path.text.includes("$")) {
    return { kind: "file", path: path.text, buffering: bytesMax === 0 ? undefined : { bytesMax, flushMs, gzipLevel } };
  }
  if (bytesMax > 0) return report.error("buffered logs cannot have variables in name", path.span);
  const template = parseTemplateText(path, report);
  return template && { kind: "named file", path: template };
}

interface Parameters {
  bytesMax: number;
  flushMs: number;
  gzipLevel: number;
  condition: TemplateText | undefined;
}

function readParameters(args: readonly Arg[], report: Report): Parameters | undefined {
  const parameters: Parameters = { bytesMax: 0, flushMs: 0, gzipLevel: 0, condition: undefined };
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
    parameters.gzipLevel = value === undefined ? GZIP_LEVEL_DEFAULT : /^[1-9]$/.test(value) ? Number(value) : 0;
    parameters.bytesMax ||= GZIP_BYTES_MAX;
    if (parameters.gzipLevel === 0) report.error(`invalid compression level "${value}"`, arg.span, "from 1 to 9");
    return parameters.gzipLevel > 0;
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
