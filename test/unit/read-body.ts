/** Reads a response's body whole, at the pace of a client. */

import type { Body, BodySink } from "../../src/http/response.ts";
import { isBodyStream } from "../../src/http/response.ts";

/** latin1 text; rejects when the stream fails. With `pauses` no write is taken at once: the chunk's memory is read a little later. */
export function readBody(body: Body, pauses = false): Promise<string> {
  return readBytes(body, pauses).then((bytes) => bytes.toString("latin1"));
}

export function readBytes(body: Body, pauses = false): Promise<Buffer> {
  if (body === undefined) return Promise.resolve(Buffer.alloc(0));
  if (typeof body === "string") return Promise.resolve(Buffer.from(body, "latin1"));
  if (!isBodyStream(body)) return Promise.resolve(body);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const takeLater = (chunk: Buffer): boolean => {
      setImmediate(() => {
        chunks.push(Buffer.from(chunk));
        body.resume();
      });
      return false;
    };
    const takeNow = (chunk: Buffer): boolean => {
      chunks.push(Buffer.from(chunk));
      return true;
    };
    const sink: BodySink = { write: pauses ? takeLater : takeNow, end: () => resolve(Buffer.concat(chunks)), fail: reject };
    body.start(sink);
  });
}
