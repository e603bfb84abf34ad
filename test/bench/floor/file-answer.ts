/** Writes a file's copy as an HTTP answer. */
import type { ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { CachedFile, FileCopy } from "./cached-file.ts";

/** Up to here one string with the head is the cheapest write, above it a vector of both. */
const ONE_STRING_BYTES_MAX = 4096;

/** An HTTP/1.1 answer, after which the connection ends when `closes`. */
export function writeAnswer(client: Socket, { body, fields }: FileCopy, closes: boolean): void {
  const head = `HTTP/1.1 200 OK\r\nDate: ${new Date().toUTCString()}\r\nContent-Type: text/plain\r\n${fields}Connection: ${closes ? "close" : "keep-alive"}\r\n\r\n`;
  if (body.length <= ONE_STRING_BYTES_MAX) client.write(head + body.toString("latin1"), "latin1");
  else {
    client.cork();
    client.write(head, "latin1");
    client.write(body);
    client.uncork();
  }
  if (closes) client.end();
}

/** An HTTP/2 answer. */
export function answerStream(stream: ServerHttp2Stream, file: CachedFile): void {
  stream.on("error", () => stream.destroy());
  file(({ body }) => {
    if (stream.destroyed) return;
    stream.respond({ ":status": 200, "content-type": "text/plain", "content-length": body.length });
    stream.end(body);
  });
}
