/** What the directives shared by all pass modules say at one location, checked and ready for requests. */

import { resolve } from "node:path";
import type { Scope } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import { compileSize } from "../http/size-text.ts";
import { ACCEL_FIELDS } from "./accel-fields.ts";
import type { AnswerBuffering } from "./answer-body.ts";
import type { AttemptTimeouts } from "./attempt-listener.ts";
import type { ForwardConf } from "./forward-directives.ts";
import type { NextUpstreamCondition, NextUpstreamPolicy } from "./next-upstream.ts";
import type { AnswerFieldRules } from "./response-fields.ts";
import type { TlsConf } from "./tls/tls-directives.ts";
import type { TunnelTimeouts } from "./tunnel.ts";

export interface ForwardSettings {
  readonly timeouts: AttemptTimeouts;
  /** For connections that have been upgraded. */
  readonly tunnel: TunnelTimeouts;
  readonly buffered: AnswerBuffering;
  readonly unbuffered: AnswerBuffering;
  /** `*_limit_rate`, in octets a second, for buffered answers; undefined: unlimited. */
  readonly limitRate: ((r: RequestContext) => number) | undefined;
  /** `*_buffering`, unless an answer asks otherwise. */
  readonly bufferingMode: "buffered" | "unbuffered";
  readonly requestBuffering: boolean;
  readonly passRequestBody: boolean;
  readonly ignoreClientAbort: boolean;
  readonly interceptErrors: boolean;
  /** An upstream's 404 is ours, error page or not (nginx: u->conf->intercept_404). */
  readonly intercepts404: boolean;
  readonly nextUpstream: NextUpstreamPolicy;
  readonly fields: AnswerFieldRules;
}

/** What a module adds to the shared directives. */
export interface ForwardSpecifics {
  readonly prefix: string;
  /** The lines of `*_next_upstream`; empty: error and timeout. */
  readonly nextUpstream: readonly (readonly (NextUpstreamCondition | "off")[])[];
  /** Fields of answers that do not pass unless `*_pass_header` names them, besides X-Accel-*. */
  readonly hiddenByDefault: readonly string[];
  readonly standsInForServer: boolean;
  readonly intercepts404: boolean;
  readonly contentTypeOf: AnswerFieldRules["contentTypeOf"];
  readonly rewriteRedirect: AnswerFieldRules["rewriteRedirect"];
  readonly rewriteCookie: AnswerFieldRules["rewriteCookie"];
}

/** nginx: a page of memory, 8 of them, and a gigabyte. */
const PAGE_BYTES = 4096;
const BUFFERS_NUMBER = 8;
const MAX_TEMP_FILE_BYTES = 1024 ** 3;
/** WebSockets are silent for long, and few applications ping: nginx's minute, meant for answers, cuts them. */
const UPGRADE_TIMEOUT_MS = 3_600_000;

/** What settings are made of: TLS is a transport's (see compile-transport.ts). */
export interface EngineConf extends Omit<ForwardConf, keyof TlsConf | "bind" | "buffers"> {
  readonly buffers: BufferSizes | undefined;
}

interface BufferSizes {
  readonly number: number;
  readonly size: number;
}

export function compileForwardSettings(conf: EngineConf, specifics: ForwardSpecifics, scope: Scope): ForwardSettings {
  const { prefix } = specifics;
  checkBuffers(conf, prefix, scope);
  const bufferSize = conf.buffer_size ?? PAGE_BYTES;
  const { number, size } = buffersOf(conf);
  const tempPath = resolve(scope.paths.prefix, conf.temp_path?.path ?? `${prefix}_temp`);
  const memoryBytesMax = number * size;
  return {
    timeouts: {
      connectTimeoutMs: conf.connect_timeout,
      sendTimeoutMs: conf.send_timeout,
      readTimeoutMs: conf.read_timeout,
      headBytesMax: bufferSize,
      socketKeepalive: conf.socket_keepalive,
    },
    tunnel: { idleTimeoutMs: upgradeTimeout(conf, prefix, scope), sendTimeoutMs: conf.send_timeout },
    buffered: { mode: "buffered", memoryBytesMax, fileBytesMax: conf.max_temp_file_size ?? MAX_TEMP_FILE_BYTES, tempPath },
    unbuffered: { mode: "unbuffered", memoryBytesMax: bufferSize, fileBytesMax: 0, tempPath },
    limitRate: conf.limit_rate.text === "0" ? undefined : compileSize(conf.limit_rate, scope),
    bufferingMode: conf.buffering ? "buffered" : "unbuffered",
    requestBuffering: conf.request_buffering,
    passRequestBody: conf.pass_request_body,
    ignoreClientAbort: conf.ignore_client_abort,
    interceptErrors: conf.intercept_errors,
    intercepts404: specifics.intercepts404,
    nextUpstream: {
      conditions: conditionsOf(specifics.nextUpstream),
      triesMax: conf.next_upstream_tries,
      timeoutMs: conf.next_upstream_timeout,
    },
    fields: {
      hidden: hiddenFields(conf, specifics.hiddenByDefault),
      ignored: conf.ignore_headers.length === 0 ? NO_FIELDS : new Set(conf.ignore_headers.flat().map((name) => name.toLowerCase())),
      standsInForServer: specifics.standsInForServer,
      contentTypeOf: specifics.contentTypeOf,
      rewriteRedirect: specifics.rewriteRedirect,
      rewriteCookie: specifics.rewriteCookie,
      forceRanges: conf.force_ranges,
    },
  };
}

/** The same settings for a location that rewrites Location and Refresh in its own way. */
export function withRedirect(settings: ForwardSettings, rewriteRedirect: AnswerFieldRules["rewriteRedirect"]): ForwardSettings {
  return rewriteRedirect === undefined ? settings : { ...settings, fields: { ...settings.fields, rewriteRedirect } };
}

/** `*_upgrade_timeout`; else, as in nginx, a `*_read_timeout` that is written down; else an hour. */
function upgradeTimeout(conf: EngineConf, prefix: string, scope: Scope): number {
  if (conf.upgrade_timeout !== undefined) return conf.upgrade_timeout;
  return scope.originOf(`${prefix}_read_timeout`) === undefined ? UPGRADE_TIMEOUT_MS : conf.read_timeout;
}

function buffersOf(conf: EngineConf): BufferSizes {
  return conf.buffers ?? { number: BUFFERS_NUMBER, size: PAGE_BYTES };
}

// Sets that most locations have are made once: with twenty thousand locations they would be a tenth of what is kept.
const DEFAULT_CONDITIONS: ReadonlySet<NextUpstreamCondition> = new Set<NextUpstreamCondition>(["error", "timeout"]);
const NO_CONDITIONS: ReadonlySet<NextUpstreamCondition> = new Set();
const NO_FIELDS: ReadonlySet<string> = new Set();

function conditionsOf(lines: ForwardSpecifics["nextUpstream"]): ReadonlySet<NextUpstreamCondition> {
  const words = lines.flat();
  if (words.length === 0) return DEFAULT_CONDITIONS;
  if (words.includes("off")) return NO_CONDITIONS;
  return new Set(words.filter((word) => word !== "off"));
}

function hiddenFields(conf: EngineConf, byDefault: readonly string[]): ReadonlySet<string> {
  const passed = new Set(conf.pass_header.map((name) => name.toLowerCase()));
  const hidden = [...byDefault, ...ACCEL_FIELDS].map((name) => name.toLowerCase()).filter((name) => !passed.has(name));
  return new Set([...hidden, ...conf.hide_header.map((name) => name.toLowerCase())]);
}

/** nginx's relations between the sizes, in its words. */
function checkBuffers(conf: EngineConf, prefix: string, scope: Scope): void {
  const { number, size } = buffersOf(conf);
  const largest = Math.max(conf.buffer_size ?? PAGE_BYTES, size);
  const atLeast = `must be equal to or greater than the maximum of the value of "${prefix}_buffer_size" and one of the "${prefix}_buffers"`;
  const complain = (name: string, message: string): void => {
    const span = scope.originOf(`${prefix}_${name}`) ?? scope.originOf(`${prefix}_buffers`) ?? scope.originOf(`${prefix}_buffer_size`);
    scope.report({ level: "emerg", code: "invalid-buffers", message, ...(span === undefined ? {} : { span }) });
  };
  if (number < 2) {
    complain("buffers", `there must be at least 2 "${prefix}_buffers"`);
    return;
  }
  const busy = conf.busy_buffers_size ?? 2 * largest;
  if (busy < largest) complain("busy_buffers_size", `"${prefix}_busy_buffers_size" ${atLeast}`);
  else if (busy > (number - 1) * size) {
    complain("busy_buffers_size", `"${prefix}_busy_buffers_size" must be less than the size of all "${prefix}_buffers" minus one buffer`);
  }
  if (conf.temp_file_write_size !== undefined && conf.temp_file_write_size < largest) {
    complain("temp_file_write_size", `"${prefix}_temp_file_write_size" ${atLeast}`);
  }
  if (conf.max_temp_file_size !== undefined && conf.max_temp_file_size !== 0 && conf.max_temp_file_size < largest) {
    complain("max_temp_file_size", `"${prefix}_max_temp_file_size" must be equal to zero to disable temporary files usage or ${atLeast}`);
  }
}
