/** `memcached_pass`: answers that are kept in memcached (nginx: ngx_http_memcached_module). */

import { defineDirectives, one } from "../config/define-directives.ts";
import type { SettingsOf } from "../config/directive.ts";
import type { Span } from "../config/source.ts";
import { constantTemplate, type TemplateText } from "../config/template-text.ts";
import { count, text } from "../config/values.ts";
import { defineModule } from "../http/module.ts";
import type { RequestContext } from "../http/request-context.ts";
import type { PassHandler } from "../upstream/explain.ts";
import { flagWords, someForwardDirectives } from "../upstream/forward-directives.ts";
import { compileForwardSettings, type EngineConf } from "../upstream/forward-settings.ts";
import { withLocalAddress } from "../upstream/local-address.ts";
import { createMemcachedProtocol } from "../upstream/memcached/protocol.ts";
import type { NextUpstreamCondition } from "../upstream/next-upstream.ts";
import { type AddressForm, compilePassAddress } from "../upstream/pass-address.ts";
import { createPassHandler } from "../upstream/pass-handler.ts";

const directives = defineDirectives({
  memcached_pass: one({ in: ["location", "if in location"], value: text(), inherits: "pseudo" }),
  memcached_gzip_flag: one({ in: ["http", "server", "location"], value: count() }),
  memcached_next_upstream: flagWords("error", "timeout", "invalid_response", "not_found", "off"),
  ...someForwardDirectives("memcached", [
    "bind",
    "buffer_size",
    "connect_timeout",
    "next_upstream_timeout",
    "next_upstream_tries",
    "read_timeout",
    "send_timeout",
    "socket_keepalive",
  ]),
});

type MemcachedConf = SettingsOf<typeof directives>;

const ADDRESS: AddressForm = {
  schemes: [{ prefix: "memcached://", defaultPort: undefined, usesTls: false }],
  writtenScheme: "never",
  mayHaveUri: false,
};

const DEFAULT_BUFFER_BYTES = 4096;

/** What two of its words are called elsewhere. */
const CONDITIONS = { invalid_response: "invalid_header", not_found: "http_404" } as const;

export const memcachedModule = defineModule({
  name: "memcached",
  directives,
  pass: (conf, scope) => {
    if (conf.memcached_pass === undefined) return undefined;
    const span = scope.originOf("memcached_pass");
    const findTarget = compilePassAddress(literal(conf.memcached_pass, span), ADDRESS, scope);
    if (findTarget === undefined) return undefined;
    const key = scope.template({ text: "$memcached_key", span, parts: [{ variable: "memcached_key", span }] });
    const settings = compileForwardSettings(engineConf(conf), { ...SPECIFICS, nextUpstream: conditionsOf(conf) }, scope);
    const { deadlines, connections } = scope.services;
    const plan = {
      settings,
      protocol: createMemcachedProtocol({ key, gzipFlag: conf.memcached_gzip_flag ?? 0 }),
      deadlines,
      connections,
      findTransport: withLocalAddress(conf.memcached_bind, undefined, scope),
      http2: undefined,
      passesTrailers: false,
    };
    return onlyReading(createPassHandler(plan, findTarget));
  },
});

const SPECIFICS = {
  prefix: "memcached",
  hiddenByDefault: [],
  standsInForServer: false,
  intercepts404: true,
  contentTypeOf: (r: RequestContext) => r.location.settings.contentType(r.uri),
  rewriteRedirect: undefined,
  rewriteCookie: undefined,
} as const;

/** What nginx has fixed for memcached, and the buffer's size where others have several. */
function engineConf(conf: MemcachedConf): EngineConf {
  return {
    connect_timeout: conf.memcached_connect_timeout,
    send_timeout: conf.memcached_send_timeout,
    read_timeout: conf.memcached_read_timeout,
    next_upstream_tries: conf.memcached_next_upstream_tries,
    next_upstream_timeout: conf.memcached_next_upstream_timeout,
    socket_keepalive: conf.memcached_socket_keepalive,
    buffer_size: conf.memcached_buffer_size,
    limit_rate: constantTemplate("0"),
    buffers: { number: 8, size: conf.memcached_buffer_size ?? DEFAULT_BUFFER_BYTES },
    busy_buffers_size: undefined,
    max_temp_file_size: 0,
    temp_file_write_size: undefined,
    temp_path: undefined,
    upgrade_timeout: undefined,
    buffering: false,
    request_buffering: false,
    pass_request_headers: false,
    pass_request_body: false,
    ignore_client_abort: false,
    force_ranges: true,
    intercept_errors: true,
    pass_header: [],
    hide_header: [],
    ignore_headers: [],
  };
}

function conditionsOf(conf: MemcachedConf): readonly (readonly (NextUpstreamCondition | "off")[])[] {
  return conf.memcached_next_upstream.map((words) =>
    words.map((word) => (word === "invalid_response" || word === "not_found" ? CONDITIONS[word] : word)),
  );
}

/** nginx knows no variables here: what looks like one is part of a name. */
function literal(address: string, span: Span | undefined): TemplateText {
  return { text: address, span, parts: [address] };
}

/** Nothing is ever stored. */
function onlyReading(pass: PassHandler): PassHandler {
  const isReading = (r: RequestContext): boolean => r.method === "GET" || r.method === "HEAD";
  return Object.assign((r: RequestContext) => (isReading(r) ? pass(r) : 405), {
    explain: (r: RequestContext) =>
      isReading(r) ? pass.explain(r) : ({ protocol: "none", problem: "memcached is asked with GET and HEAD alone: 405" } as const),
  });
}
