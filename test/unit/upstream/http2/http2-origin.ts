/** An HTTP/2 origin in the clear, made with node:http2: what it is asked, and over how many connections. */

import { createServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream, type Settings } from "node:http2";
import type { AddressInfo } from "node:net";

export interface Http2Origin {
  readonly port: number;
  /** The fields of each request, pseudo-fields included. */
  readonly requests: readonly IncomingHttpHeaders[];
  readonly sessions: readonly ServerHttp2Session[];
  [Symbol.asyncDispose](): Promise<void>;
}

export type Http2Script = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, origin: Http2Origin) => void;

export async function startHttp2Origin(script: Http2Script, settings: Settings = {}): Promise<Http2Origin> {
  const requests: IncomingHttpHeaders[] = [];
  const sessions: ServerHttp2Session[] = [];
  const server = createServer({ settings });
  server.on("session", (session) => {
    sessions.push(session);
    session.on("error", () => session.destroy());
  });
  server.on("stream", (stream, headers) => {
    // What a client does to a stream is for the test to look at, not an error of the origin.
    stream.on("error", () => undefined);
    requests.push(headers);
    script(stream, headers, origin);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin: Http2Origin = {
    port: (server.address() as AddressInfo).port,
    requests,
    sessions,
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return origin;
}

/** The body of a request, read to its end. */
export async function readBody(stream: ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
