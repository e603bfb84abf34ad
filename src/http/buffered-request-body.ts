/** A body that has been read, given to a subrequest. */

import type { BufferedBody, RequestBody } from "./request-body.ts";

/** Whoever makes it sees to it that what it holds stays (`RequestBody.retain`) for as long as it is used. */
export function bufferedRequestBody(buffered: BufferedBody): RequestBody {
  return {
    declaredLength: buffered.length,
    received: buffered.length,
    buffered,
    buffer: () => buffered,
    stream: (sink) => sink.fail(new Error("A body that has been read whole is not streamed")),
    resume: () => {},
    giveUp: () => {},
    retain: () => () => {},
  };
}
