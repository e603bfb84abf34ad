/** What clients may do over HTTP/2 (nginx: ngx_http_v2_module). `http2 on` itself is among the connection's directives. */

import { defineDirectives, ignored, one } from "../../config/define-directives.ts";
import type { Context, Directive, SettingsOf } from "../../config/directive.ts";
import type { Value } from "../../config/value.ts";
import { count, flag, int, size, text, time } from "../../config/values.ts";

export interface Http2Settings {
  readonly concurrentStreamsMax: number;
  /** What a client may send of a body before anybody reads it; the window of a stream. */
  readonly bodyPrereadBytes: number;
}

const HTTP: readonly Context[] = ["http"];
const SERVERS: readonly Context[] = ["http", "server"];
const LOCATIONS: readonly Context[] = ["http", "server", "location"];

const FRAMES = "frames are as large as what is written, up to 16k";
const MEMORY = "Node.js manages the memory of connections";

export const http2Directives = defineDirectives({
  http2_max_concurrent_streams: one({ in: SERVERS, value: int(1), default: 128 }),
  http2_body_preread_size: one({ in: SERVERS, value: size(), default: 65_536 }),

  http2_chunk_size: ignored({ in: LOCATIONS, value: size(), why: FRAMES }),
  http2_recv_buffer_size: ignored({ in: HTTP, value: size(), why: MEMORY }),
  http2_pool_size: ignored({ in: SERVERS, value: size(), why: MEMORY }),
  http2_streams_index_size: ignored({ in: SERVERS, value: count(), why: MEMORY }),

  // nginx since 1.19.7 and 1.25.1: named in configurations that were written before.
  http2_idle_timeout: obsolete(SERVERS, time(), "keepalive_timeout"),
  http2_recv_timeout: obsolete(SERVERS, time(), "client_header_timeout"),
  http2_max_requests: obsolete(SERVERS, count(), "keepalive_requests"),
  http2_max_field_size: obsolete(SERVERS, size(), "large_client_header_buffers"),
  http2_max_header_size: obsolete(SERVERS, size(), "large_client_header_buffers"),
  http2_push: abolished(LOCATIONS, text()),
  http2_push_preload: abolished(LOCATIONS, flag()),
  http2_max_concurrent_pushes: abolished(SERVERS, count()),
});

export function compileHttp2Settings(conf: SettingsOf<typeof http2Directives>): Http2Settings {
  return { concurrentStreamsMax: conf.http2_max_concurrent_streams, bodyPrereadBytes: conf.http2_body_preread_size };
}

function obsolete(
  contexts: readonly Context[],
  value: Value<unknown>,
  successor: string,
): Directive<"ignored", never, undefined, undefined> {
  return ignored({ in: contexts, value, why: `it is obsolete, use ${successor} instead` });
}

function abolished(contexts: readonly Context[], value: Value<unknown>): Directive<"ignored", never, undefined, undefined> {
  return ignored({ in: contexts, value, why: "server push is obsolete" });
}
