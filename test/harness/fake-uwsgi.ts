/** A scripted uwsgi server on a raw socket: records the packets that arrive and answers exact bytes. */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { decodeUwsgiPacket, type UwsgiPacket, varOf } from "./uwsgi-packet.ts";
import { waitUntil } from "./wait-until.ts";

export interface UwsgiRequest extends UwsgiPacket {
  /** Content after the packet, as far as it had arrived when the request was answered. */
  readonly body: string;
}

/** Bytes, or parts written 40 ms apart; the connection is closed after them. `stall` never answers, `reset` cuts the connection. */
export type UwsgiAnswer = string | readonly string[] | "stall" | "reset";

export interface FakeUwsgiOptions {
  readonly path?: string;
  readonly port?: number;
  /** Requests that are answered without waiting for CONTENT_LENGTH bytes. */
  readonly ignoresBody?: (packet: UwsgiPacket) => boolean;
}

export interface FakeUwsgi {
  readonly port: number;
  readonly requests: readonly UwsgiRequest[];
  readonly connections: number;
  /** Resolves with the n-th request (from 1) once it is complete. */
  request(n: number): Promise<UwsgiRequest>;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const BETWEEN_PARTS_MS = 40;

/** Listens on 127.0.0.1, on a port of the system's choice or `port`, or on the unix socket `path`. */
export async function startFakeUwsgi(answer: (request: UwsgiRequest) => UwsgiAnswer, options: FakeUwsgiOptions = {}): Promise<FakeUwsgi> {
  const requests: UwsgiRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.setNoDelay(true);
    let received = Buffer.alloc(0);
    let answered = false;
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (answered) return;
      const packet = decodeUwsgiPacket(received);
      if (packet === undefined) return;
      const body = received.toString("latin1", 4 + packet.datasize);
      if (options.ignoresBody?.(packet) !== true && body.length < Number(varOf(packet, "CONTENT_LENGTH") || 0)) return;
      answered = true;
      const request = { ...packet, body };
      requests.push(request);
      void perform(socket, answer(request));
    });
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    if (options.path === undefined) server.listen(options.port ?? 0, "127.0.0.1", resolve);
    else server.listen(options.path, resolve);
  });
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    port: options.path === undefined ? (server.address() as AddressInfo).port : 0,
    requests,
    get connections() {
      return connections;
    },
    request: (n) => waitUntil(`request ${n} at the uwsgi server`, () => requests[n - 1], 5000),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Answers 200 with the packet as JSON: modifiers, vars in order, body. */
export function echoPacket(request: UwsgiRequest): string {
  const { modifier1, modifier2, vars, body } = request;
  const content = JSON.stringify({ modifier1, modifier2, vars, body });
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(content)}\r\n\r\n${Buffer.from(content).toString("latin1")}`;
}

async function perform(socket: Socket, answer: UwsgiAnswer): Promise<void> {
  if (answer === "stall") return;
  if (answer === "reset") {
    socket.resetAndDestroy();
    return;
  }
  const parts = typeof answer === "string" ? [answer] : answer;
  for (const [index, part] of parts.entries()) {
    if (index > 0) await new Promise((resolve) => setTimeout(resolve, BETWEEN_PARTS_MS));
    socket.write(Buffer.from(part, "latin1"));
  }
  socket.end();
}
