/** Requests to an origin over kept connections, the least that a proxy does. */
import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { onRequest } from "./on-request.ts";

const HEAD_END = "\r\n\r\n";

/** A connection to the origin, and who gets what it answers. */
interface Origin {
  readonly socket: Socket;
  onData: (chunk: Buffer) => void;
}

/** Passes each answer on as it comes. */
export function createForwardingProxy(port: number, path: string): (client: Socket) => void {
  const ask = createOrigins(port, path);
  return (client) =>
    onRequest(client, () => {
      ask((chunk) => client.write(chunk));
    });
}

/** Passes each answer on in one piece, compressed. */
export function createCompressingProxy(port: number, path: string): (client: Socket) => void {
  const ask = createOrigins(port, path);
  return (client) =>
    onRequest(client, () => {
      const chunks: Buffer[] = [];
      ask((chunk, isLast) => {
        chunks.push(chunk);
        if (isLast) writeCompressed(client, Buffer.concat(chunks));
      });
    });
}

function writeCompressed(client: Socket, answer: Buffer): void {
  const bodyAt = answer.indexOf(HEAD_END) + HEAD_END.length;
  const body = gzipSync(answer.subarray(bodyAt), { level: 1 });
  client.cork();
  client.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`, "latin1");
  client.write(body);
  client.uncork();
}

/** Returns what asks the origin for `path`, as many connections as requests at a time; an answer's end is found by its Content-Length. */
function createOrigins(port: number, path: string): (use: (chunk: Buffer, isLast: boolean) => void) => void {
  const request = `GET ${path} HTTP/1.1\r\nHost: origin\r\n\r\n`;
  const idle: Origin[] = [];
  return (use) => {
    const origin = idle.pop() ?? openOrigin(port);
    let left: number | undefined;
    origin.onData = (chunk) => {
      left = (left ?? answerLength(chunk)) - chunk.length;
      if (left === 0) idle.push(origin);
      use(chunk, left === 0);
    };
    origin.socket.write(request, "latin1");
  };
}

function openOrigin(port: number): Origin {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  const origin: Origin = { socket, onData: () => {} };
  socket.on("data", (chunk: Buffer) => origin.onData(chunk));
  return origin;
}

/** Octets of the whole answer; its head is in the first chunk, or the sketch ends. */
function answerLength(first: Buffer): number {
  const end = first.indexOf(HEAD_END);
  const head = first.toString("latin1", 0, end);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (end === -1 || length === undefined) throw new Error(`Cannot read the origin's answer: ${head}`);
  return end + HEAD_END.length + Number(length);
}
