/** A scripted HTTP origin on a raw socket: records what arrives, answers exact bytes, and misbehaves on demand. */

import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { readChunkedContent } from "./read-chunked-content.ts";
import { waitUntil } from "./wait-until.ts";

export interface OriginRequest {
  readonly line: string;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** The request as it stood on the wire, latin1. */
  readonly raw: string;
  /** Which connection brought it, counted from 0. */
  readonly connection: number;
}

/** Bytes to answer; parts are written as separate segments; their `ending` closes or resets the connection; no parts is a stall. */
export interface OriginAnswer {
  readonly parts: readonly (string | number)[];
  readonly ending?: "keep" | "close" | "reset";
}

export type OriginScript = (request: OriginRequest) => string | OriginAnswer;

export interface Origin {
  readonly port: number;
  readonly requests: readonly OriginRequest[];
  /** Connections accepted so far. */
  readonly connections: number;
  /** Every byte each connection brought, parsed or not. */
  readonly received: readonly string[];
  /** Resolves with the n-th request (from 1) once it is complete. */
  request(n: number): Promise<OriginRequest>;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Listens on 127.0.0.1, on a port of the system's choice or `port`, or on the unix socket `path`. */
export async function startOrigin(script: OriginScript, options: { readonly path?: string; readonly port?: number } = {}): Promise<Origin> {
  const requests: OriginRequest[] = [];
  const received: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const connection = received.push("") - 1;
    sockets.add(socket);
    socket.setNoDelay(true);
    let pending = "";
    socket.on("data", (chunk) => {
      const text = chunk.toString("latin1");
      received[connection] += text;
      pending += text;
      for (;;) {
        const read = readRequest(pending, connection);
        if (read === undefined) return;
        pending = pending.slice(read.raw.length);
        requests.push(read);
        const answer = script(read);
        void perform(socket, typeof answer === "string" ? { parts: [answer] } : answer);
      }
    });
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  await listen(server, options);
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    port: options.path === undefined ? (server.address() as AddressInfo).port : 0,
    requests,
    received,
    get connections() {
      return received.length;
    },
    request: (n) => waitUntil(`request ${n} at the origin`, () => requests[n - 1], 5000),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Answers 200 with the request as JSON: line, fields in order, body. */
export function echoRequest(request: OriginRequest): string {
  const body = JSON.stringify({ line: request.line, fields: request.fields, body: request.body });
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return head + (request.method === "HEAD" ? "" : Buffer.from(body).toString("latin1"));
}

function listen(server: Server, options: { readonly path?: string; readonly port?: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    if (options.path === undefined) server.listen(options.port ?? 0, "127.0.0.1", resolve);
    else server.listen(options.path, resolve);
  });
}

async function perform(socket: Socket, answer: OriginAnswer): Promise<void> {
  for (const part of answer.parts) {
    if (typeof part === "number") await new Promise((resolve) => setTimeout(resolve, part));
    else await new Promise((resolve) => socket.write(Buffer.from(part, "latin1"), resolve));
  }
  if (answer.ending === "close") socket.end();
  if (answer.ending === "reset") socket.resetAndDestroy();
}

function readRequest(text: string, connection: number): OriginRequest | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const [line = "", ...lines] = text.slice(0, headEnd).split("\r\n");
  const fields = lines.map((entry): readonly [string, string] => {
    const colon = entry.indexOf(":");
    return [entry.slice(0, colon), entry.slice(colon + 1).trim()];
  });
  const content = readContent(text, headEnd + 4, fields);
  if (content === undefined) return undefined;
  const [method = "", target = "", version = ""] = line.split(" ");
  return { line, method, target, version, fields, body: content.text, raw: text.slice(0, content.end), connection };
}

function readContent(text: string, at: number, fields: OriginRequest["fields"]): { text: string; end: number } | undefined {
  const value = (name: string): string | undefined => fields.find(([key]) => key.toLowerCase() === name)?.[1];
  if (value("transfer-encoding") !== undefined) return readChunkedContent(text, at);
  const end = at + Number(value("content-length") ?? 0);
  return text.length < end ? undefined : { text: text.slice(at, end), end };
}
