/**
 * The access log (nginx: ngx_http_log_module): `log_format`, `access_log`, `open_log_file_cache`. Lines are made in the log phase and written
 * in batches.
 */

import { defineDirectives, many, one } from "../config/define-directives.ts";
import { nearestName } from "../config/did-you-mean.ts";
import type { SettingsOf } from "../config/directive.ts";
import type { Span } from "../config/source.ts";
import { type Declaration, type DeclareScope, defineModule, type Scope } from "../http/module.ts";
import type { LogHandler } from "../http/phase.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { Evaluate } from "../http/template.ts";
import type { LogFile } from "../log/log-file.ts";
import { nameOfServer, type SyslogTarget } from "../log/syslog-target.ts";
import { type AccessLogTarget, DEFAULT_ACCESS_LOG, parseAccessLog } from "./log/access-log-setting.ts";
import { AccessLogState } from "./log/access-log-state.ts";
import { type LogFileCacheSetting, parseLogFileCache } from "./log/log-file-cache-setting.ts";
import { parseLogFormat } from "./log/log-format.ts";
import { compileNamedLog, type NamedLog } from "./log/named-log.ts";

const directives = defineDirectives({
  log_format: many({
    in: ["http"],
    parse: parseLogFormat,
    arity: [2, Number.POSITIVE_INFINITY],
    syntax: "name [escape=default | json | none] string ...",
  }),
  access_log: many({
    in: ["http", "server", "location", "if in location", "limit_except"],
    parse: parseAccessLog,
    arity: [1, Number.POSITIVE_INFINITY],
    default: [DEFAULT_ACCESS_LOG],
    syntax: "path [format [buffer=size] [gzip[=level]] [flush=time] [if=condition]] | off",
  }),
  open_log_file_cache: one({
    in: ["http", "server", "location"],
    parse: parseLogFileCache,
    arity: [1, 4],
    default: "off",
    syntax: "off | max=N [inactive=time] [min_uses=N] [valid=time]",
  }),
});

type Conf = SettingsOf<typeof directives>;

export const logModule = defineModule({ name: "log", directives, declare, log });

const STATE: Declaration<AccessLogState> = { kind: "access log" };

/** One state for each snapshot, declared under this name. */
const STATE_NAME = "state";

function declare(conf: Conf, scope: DeclareScope): void {
  if (scope.block.context !== "http") return;
  const state = new AccessLogState();
  scope.declare(STATE, STATE_NAME, state);
  for (const format of conf.log_format) {
    if (state.addFormat(format)) continue;
    const { span } = format;
    const message = `duplicate "log_format" name "${format.name}"`;
    scope.report({ level: "emerg", code: "duplicate-log-format", message, ...(span === undefined ? {} : { span }) });
  }
}

function log(conf: Conf, scope: Scope): LogHandler | undefined {
  const state = scope.find(STATE, STATE_NAME);
  if (state === undefined) return undefined;
  state.compileFormats(scope);
  const writers: AccessLogWriter[] = [];
  for (const setting of conf.access_log) {
    // nginx: `off` cancels every log of its level.
    if (setting.kind === "off") return undefined;
    const writer = createWriter(setting, conf.open_log_file_cache, state, scope);
    if (writer !== undefined) writers.push(writer);
  }
  const [first] = writers;
  if (first === undefined) return undefined;
  if (writers.length === 1) return (r) => writeLine(first, r);
  return (r) => {
    for (const writer of writers) writeLine(writer, r);
  };
}

interface AccessLogWriter {
  readonly log: LogFile | NamedLog;
  readonly render: (r: RequestContext) => string;
  readonly condition: Evaluate | undefined;
}

function writeLine(writer: AccessLogWriter, r: RequestContext): void {
  if (writer.condition !== undefined) {
    const value = writer.condition(r);
    if (value === "" || value === "0") return;
  }
  writer.log.write(writer.render(r), r);
}

function createWriter(
  target: AccessLogTarget,
  caching: LogFileCacheSetting,
  state: AccessLogState,
  scope: Scope,
): AccessLogWriter | undefined {
  const render = state.render(target.formatName);
  if (render === undefined) {
    const near = nearestName(target.formatName, state.formatNames());
    scope.report({
      level: "emerg",
      code: "unknown-log-format",
      message: `unknown log format "${target.formatName}"`,
      ...(target.span === undefined ? {} : { span: target.span }),
      ...(near === undefined ? {} : { hint: `did you mean "${near}"?` }),
    });
    return undefined;
  }
  const log = openLog(target, caching, state, scope);
  if (log === undefined) return undefined;
  return { log, render, condition: target.condition === undefined ? undefined : scope.template(target.condition).evaluate };
}

function openLog(
  { place, span }: AccessLogTarget,
  caching: LogFileCacheSetting,
  state: AccessLogState,
  scope: Scope,
): LogFile | NamedLog | undefined {
  const { logFiles } = scope.services;
  switch (place.kind) {
    case "file":
      return state.open(place, span, scope);
    case "named file":
      return compileNamedLog(place.path, logFiles.openNamed(caching === "off" ? undefined : caching), scope);
    case "syslog":
      return openSyslog(place.target, span, scope);
  }
}

function openSyslog(target: SyslogTarget, span: Span | undefined, scope: Scope): LogFile | undefined {
  try {
    return scope.services.logFiles.openSyslog(target);
  } catch (error) {
    const message = `cannot log to syslog server "${nameOfServer(target.server)}": ${(error as Error).message}`;
    scope.report({ level: "emerg", code: "cannot-open-log", message, ...(span === undefined ? {} : { span }) });
    return undefined;
  }
}
