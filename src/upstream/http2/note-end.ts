/** Where an answer ends: node:http2 says "end" after a lost connection and a cancelled stream as it does after a whole answer. */

import type { ClientHttp2Stream } from "node:http2";
import { http2Code } from "../../net/http2-code.ts";

/**
 * Calls `ended` when the peer has said that its answer is complete; data may still wait in the stream. Node marks every end by `push(null)`, and
 * its code tells them apart. A reset without error counts as a good end beside END_STREAM: node:http2 servers close large answers so when the
 * window was full, and what a Content-Length promised can still be held against it.
 */
export function noteEnd(stream: ClientHttp2Stream, ended: () => void): void {
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    const result = push(chunk, encoding);
    if (chunk === null && !stream.destroyed && (stream.rstCode ?? http2Code.noError) === http2Code.noError) ended();
    return result;
  };
}
