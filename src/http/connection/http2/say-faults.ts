/** Lets a client know which rule of HTTP/2 it broke before its connection ends. Source: RFC 9113 sections 5.4.1 and 7, nghttp2_error. */

import { constants, type ServerHttp2Session } from "node:http2";

/** By nghttp2's error numbers, which Node.js hands out as `errno`. */
const FAULTS: ReadonlyMap<unknown, number> = new Map([
  [-505, constants.NGHTTP2_PROTOCOL_ERROR],
  [-510, constants.NGHTTP2_STREAM_CLOSED],
  [-522, constants.NGHTTP2_FRAME_SIZE_ERROR],
  [-523, constants.NGHTTP2_COMPRESSION_ERROR],
  [-524, constants.NGHTTP2_FLOW_CONTROL_ERROR],
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
