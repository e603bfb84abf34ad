/** How a client's HTTP/2 session is set up: what we allow it, and what nghttp2 refuses by itself. */

import type { ServerOptions } from "node:http2";
import type { ConnectionHost } from "../connection-host.ts";

/** HTTP/2's own default (RFC 9113 section 6.9.2): with less a client could not send until asked, and nobody asks before it sends. */
const STREAM_WINDOW_BYTES_MIN = 65_535;
/** For all streams together: enough for sixteen uploads at once. What comes is handed to its stream at once, so it is never full for long. */
export const CONNECTION_WINDOW_BYTES = 1_048_576;
/** Node's accounting of a session, in megabytes: above 128 streams with full windows and heads. Past it new streams are refused. */
const SESSION_MEGABYTES_MAX = 32;
/** RFC 9113 section 6.5.2: what an entry counts beyond its name and value. */
const FIELD_OVERHEAD_BYTES = 32;
/** Room above our own limits, so that a head a little too large gets its error page instead of a reset. */
const HEAD_ROOM = 2;
/** HTTP/2 has six defined settings: a frame with more than this many is no honest one. */
const SETTINGS_MAX = 32;
/** Frames that break a rule, and streams above the limit, before the connection is closed (CVE-2019-9518, CVE-2025-8671). */
const INVALID_FRAMES_MAX = 100;
const REJECTED_STREAMS_MAX = 100;
/** The settings of the address's default server: which one is asked for is not known yet. */
export function sessionOptions({ hosts, headLimits }: ConnectionHost): ServerOptions {
  const { http2Settings } = hosts.defaultServer.connection;
  const headBytes = headLimits.largeBuffers * headLimits.largeBufferBytes * HEAD_ROOM;
  const fields = headLimits.fieldsMax * HEAD_ROOM;
  return {
    settings: {
      maxConcurrentStreams: http2Settings.concurrentStreamsMax,
      initialWindowSize: Math.max(STREAM_WINDOW_BYTES_MIN, http2Settings.bodyPrereadBytes),
      maxHeaderListSize: headBytes + fields * FIELD_OVERHEAD_BYTES,
    },
    maxHeaderListPairs: fields,
    maxSessionMemory: SESSION_MEGABYTES_MAX,
    maxSettings: SETTINGS_MAX,
    maxSessionInvalidFrames: INVALID_FRAMES_MAX,
    maxSessionRejectedStreams: REJECTED_STREAMS_MAX,
  };
}
