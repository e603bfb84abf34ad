/** Asks over HTTP/2 with prior knowledge and reports the answer as it came, or how the stream ended. */

import { type ClientHttp2Session, connect } from "node:http2";

export interface Http2Request {
  readonly path: string;
  /** GET by default. */
  readonly method?: string;
  /** Other than localhost. */
  readonly authority?: string;
  /** A name may stand several times. */
  readonly fields?: readonly (readonly [name: string, value: string])[];
  /** Sent in these pieces; none: the head ends the stream. */
  readonly content?: readonly (string | Buffer)[];
}

export interface Http2Answer {
  /** 0 when the stream ended without one. */
  readonly status: number;
  /** As they came, pseudo-fields apart. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly trailers: readonly (readonly [name: string, value: string])[];
  /** Interim answers. */
  readonly interim: readonly number[];
  /** Of the RST_STREAM frame; 0 when there was none. */
  readonly resetCode: number;
}

const TIMEOUT_MS = 10_000;

/** A connection; its errors show in the answers. */
export function openHttp2(port: number): ClientHttp2Session {
  const session = connect(`http://127.0.0.1:${port}`, { settings: { enablePush: false }, maxHeaderListPairs: 4000 });
  session.on("error", () => {});
  return session;
}

/** Asks once, on a connection of its own unless one is given. */
export async function askHttp2(to: number | ClientHttp2Session, request: Http2Request): Promise<Http2Answer> {
  if (typeof to !== "number") return await ask(to, request);
  const session = openHttp2(to);
  try {
    return await ask(session, request);
  } finally {
    session.destroy();
  }
}

async function ask(session: ClientHttp2Session, request: Http2Request): Promise<Http2Answer> {
  const { path, method = "GET", authority = "localhost", fields = [], content } = request;
  const sent: Record<string, string | string[]> = { ":method": method, ":path": path, ":scheme": "http", ":authority": authority };
  for (const [name, value] of fields) {
    const before = sent[name];
    sent[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return await new Promise((resolve, reject) => {
    const stream = session.request(sent, { endStream: content === undefined });
    const timer = setTimeout(() => reject(new Error(`No answer to ${method} ${path} in ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    const interim: number[] = [];
    let head: string[] = [];
    let trailers: string[] = [];
    const chunks: Buffer[] = [];
    stream.on("headers", (headers) => interim.push(Number(headers[":status"])));
    stream.on("response", (_headers, _flags, raw: string[] = []) => {
      head = raw;
    });
    stream.on("trailers", (_headers: object, _flags: number, raw: string[] = []) => {
      trailers = raw;
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("error", () => {});
    stream.on("close", () => {
      clearTimeout(timer);
      const pairs = paired(head);
      resolve({
        status: Number(pairs.find(([name]) => name === ":status")?.[1] ?? 0),
        fields: pairs.filter(([name]) => !name.startsWith(":")),
        body: Buffer.concat(chunks).toString("latin1"),
        trailers: paired(trailers),
        interim,
        resetCode: stream.rstCode,
      });
    });
    for (const piece of content ?? []) stream.write(piece);
    if (content !== undefined) stream.end();
  });
}

function paired(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i] ?? "", flat[i + 1] ?? ""]);
  return pairs;
}
