/** What the connection layer needs to know of a virtual server before a location is chosen. */

import type { ErrorLog } from "../../log/error-log.ts";
import type { Http2Settings } from "./http2-directives.ts";

export interface ConnectionSettings {
  readonly headerTimeoutMs: number;
  /** client_header_buffer_size: what an ordinary head takes. */
  readonly headerBufferBytes: number;
  /** large_client_header_buffers: one line fits `size`, all of them `number × size`. */
  readonly largeBuffersNumber: number;
  readonly largeBufferBytes: number;
  readonly headersMax: number;
  readonly underscoresInHeaders: boolean;
  readonly ignoreInvalidHeaders: boolean;
  readonly mergeSlashes: boolean;
  readonly strictHttp: boolean;
  readonly http2: boolean;
  readonly http2Settings: Http2Settings;
  readonly errorLog: ErrorLog;
}
