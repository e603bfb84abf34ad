/** The body of a request that has none. */

import type { BufferedBody, RequestBody } from "./request-body.ts";

export const NOTHING: BufferedBody = { length: 0, memory: Buffer.alloc(0), fd: undefined, path: "" };

export const NO_REQUEST_BODY: RequestBody = {
  declaredLength: 0,
  received: 0,
  buffered: NOTHING,
  buffer: () => NOTHING,
  stream: (sink) => sink.end(),
  resume: () => {},
  giveUp: () => {},
  retain: () => () => {},
};
