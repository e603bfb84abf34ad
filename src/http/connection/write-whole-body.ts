/** Writes an answer whose body is all there, in as few system calls as its kind allows. */

import type { Socket } from "node:net";
import { encodeChunkHead, encodeTextChunk } from "../message/chunked.ts";
import type { BodyFraming } from "./response-framing.ts";
import { renderLastChunk } from "./response-sink.ts";

/** `head` and text leave in one write. Returns the bytes written, head and framing included. */
export function writeWholeBody(
  socket: Socket,
  head: string,
  body: string | Buffer,
  framing: BodyFraming,
  trailers: readonly string[] | undefined,
): number {
  const isChunked = framing === "chunked";
  if (typeof body === "string") {
    const text = isChunked ? head + encodeTextChunk(body) + renderLastChunk(trailers) : head + body;
    socket.write(text, "latin1");
    return text.length;
  }
  const start = isChunked && body.length > 0 ? head + encodeChunkHead(body.length) : head;
  const end = isChunked ? `${body.length > 0 ? "\r\n" : ""}${renderLastChunk(trailers)}` : "";
  socket.cork();
  socket.write(start, "latin1");
  socket.write(body);
  if (end !== "") socket.write(end, "latin1");
  socket.uncork();
  return start.length + body.length + end.length;
}
