/** Lets a client know which rule of HTTP/2 it broke before its connection ends. Source: RFC 9113 sections 5.4.1 and 7, nghttp2_error. */

import type { ServerHttp2Session } from "node:http2";
import { http2Code } from "../../../net/http2-code.ts";

/** By nghttp2's error numbers, which Node.js hands out as `errno`. */
const FAULTS: ReadonlyMap<unknown, number> = new Map([
  [-505, http2Code.protocolError],
  [-510, http2Code.streamClosed],
  [-522, http2Code.frameSizeError],
  [-523, http2Code.compressionError],
  [-524, http2Code.flowControlError],
]);

/**
 * Node.js destroys a session at once when nghttp2 reports a broken rule: its GOAWAY frame speaks of an internal error of ours, and where something
 * is being written it does not come at all. Here the frame goes first, and the session is destroyed when it is out.
 */
export function sayFaults(session: ServerHttp2Session): void {
  const destroy = session.destroy.bind(session);
  session.destroy = (error, code) => {
    const fault = code === undefined && !session.destroyed ? faultOf(error) : undefined;
    if (fault === undefined) {
      destroy(error, code);
      return;
    }
    session.goaway(fault);
    setImmediate(() => destroy(error));
  };
}

function faultOf(error: Error | undefined): number | undefined {
  const { code, errno } = (error ?? {}) as NodeJS.ErrnoException;
  return code === "ERR_HTTP2_ERROR" ? FAULTS.get(errno) : undefined;
}
