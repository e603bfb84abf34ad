/** How heads are read, per virtual server (nginx: ngx_http_core_module). `strict_http` is ours. */

import { defineDirectives, one } from "../../config/define-directives.ts";
import type { SettingsOf } from "../../config/directive.ts";
import { count, flag, positiveCount, positiveSize, size, time } from "../../config/values.ts";
import type { ErrorLog } from "../../log/error-log.ts";
import type { ConnectionSettings } from "./connection-settings.ts";
import type { Http2Settings } from "./http2-directives.ts";

export const connectionDirectives = defineDirectives({
  client_header_timeout: one({ in: ["http", "server"], value: time(), default: 60_000 }),
  client_header_buffer_size: one({ in: ["http", "server"], value: size(), default: 1024 }),
  large_client_header_buffers: one({
    in: ["http", "server"],
    args: { number: positiveCount(), size: positiveSize() },
    default: { number: 4, size: 8192 },
  }),
  max_headers: one({ in: ["http", "server"], value: count(), default: 1000 }),
  underscores_in_headers: one({ in: ["http", "server"], value: flag(), default: false }),
  ignore_invalid_headers: one({ in: ["http", "server"], value: flag(), default: true }),
  merge_slashes: one({ in: ["http", "server"], value: flag(), default: true }),
  strict_http: one({ in: ["http", "server"], value: flag(), default: false }),
  http2: one({ in: ["http", "server"], value: flag(), default: false }),
});

export function compileConnectionSettings(
  conf: SettingsOf<typeof connectionDirectives>,
  http2Settings: Http2Settings,
  errorLog: ErrorLog,
): ConnectionSettings {
  return {
    headerTimeoutMs: conf.client_header_timeout,
    headerBufferBytes: conf.client_header_buffer_size,
    largeBuffersNumber: conf.large_client_header_buffers.number,
    largeBufferBytes: conf.large_client_header_buffers.size,
    headersMax: conf.max_headers,
    underscoresInHeaders: conf.underscores_in_headers,
    ignoreInvalidHeaders: conf.ignore_invalid_headers,
    mergeSlashes: conf.merge_slashes,
    strictHttp: conf.strict_http,
    http2: conf.http2,
    http2Settings,
    errorLog,
  };
}
