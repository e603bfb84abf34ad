/** What a client may send and how long it may take, and what its connection is kept for (nginx: ngx_http_core_module). */

import { optional } from "../../config/args.ts";
import { defineDirectives, many, one } from "../../config/define-directives.ts";
import type { Context } from "../../config/directive.ts";
import { constantTemplate } from "../../config/template-text.ts";
import {
  count,
  flag,
  joinWords,
  listOf,
  offset,
  oneOf,
  positiveCount,
  seconds,
  size,
  template,
  text,
  time,
  words,
} from "../../config/values.ts";

const ALL: readonly Context[] = ["http", "server", "location"];
const ALL_AND_IF: readonly Context[] = [...ALL, "if in location"];
const ONE_HOUR_MS = 3_600_000;

export const clientDirectives = defineDirectives({
  client_max_body_size: one({ in: ALL, value: offset(), default: 1_048_576 }),
  client_body_buffer_size: one({ in: ALL, value: size(), default: 16_384 }),
  client_body_timeout: one({ in: ALL, value: time(), default: 60_000 }),
  client_body_in_file_only: one({ in: ALL, value: oneOf("on", "off", "clean"), default: "off" as const }),
  client_body_temp_path: one({
    in: ALL,
    args: { path: text(), level1: optional(positiveCount()), level2: optional(positiveCount()), level3: optional(positiveCount()) },
  }),
  send_timeout: one({ in: ALL, value: time(), default: 60_000 }),
  early_hints: many({ in: ALL, values: listOf(template()) }),
  keepalive_timeout: one({
    in: ALL,
    args: { timeout: time(), header: optional(seconds()) },
    default: { timeout: 75_000, header: undefined },
  }),
  keepalive_min_timeout: one({ in: ALL, value: time(), default: 0 }),
  keepalive_requests: one({ in: ALL, value: count(), default: 1000 }),
  keepalive_disable: one({ in: ALL, values: words("none", "msie6", "safari"), default: ["msie6"] as const, merge: joinWords }),
  keepalive_time: one({ in: ALL, value: time(), default: ONE_HOUR_MS }),
  lingering_close: one({ in: ALL, value: oneOf("off", "on", "always"), default: "on" }),
  lingering_time: one({ in: ALL, value: time(), default: 30_000 }),
  lingering_timeout: one({ in: ALL, value: time(), default: 5_000 }),
  reset_timedout_connection: one({ in: ALL, value: flag(), default: false }),
  chunked_transfer_encoding: one({ in: ALL, value: flag(), default: true }),
  server_tokens: one({ in: ALL, value: oneOf("on", "off", "build"), default: "on" }),
  absolute_redirect: one({ in: ALL, value: flag(), default: true }),
  port_in_redirect: one({ in: ALL, value: flag(), default: true }),
  server_name_in_redirect: one({ in: ALL, value: flag(), default: false }),
  recursive_error_pages: one({ in: ALL_AND_IF, value: flag(), default: false }),
});

/** Where request bodies go that do not fit in memory, when no `client_body_temp_path` says otherwise; relative to the prefix. */
export const CLIENT_BODY_TEMP_PATH = constantTemplate("client_body_temp").text;
