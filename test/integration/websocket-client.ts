/** WebSockets over a raw socket (RFC 6455): frames as a test wants them, also those that no browser sends. Both ends use the same frames. */

import { createHash, randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { type ClientSocket, openClient } from "./client-socket.ts";

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface Frame {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly payload: Buffer;
}

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const DEADLINE_MS = 15_000;

/** Sec-WebSocket-Accept for a key (RFC 6455 section 4.2.2). */
export function acceptFor(key: string): string {
  return createHash("sha1")
    .update(key + GUID)
    .digest("base64");
}

/** The handshake's bytes; `fields` are whole lines. */
export function handshake(target: string, ...fields: readonly string[]): string {
  const own = ["Host: example.test", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", `Sec-WebSocket-Key: ${KEY}`];
  return `GET ${target} HTTP/1.1\r\n${[...own, ...fields].join("\r\n")}\r\n\r\n`;
}

/** One frame's bytes; a client's are masked. */
export function encodeFrame(code: number, payload: Buffer, side: "client" | "server", isFinal = true): Buffer {
  const length = payload.length;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extended);
  head[0] = (isFinal ? 0x80 : 0) | code;
  const marker = extended === 0 ? length : extended === 2 ? 126 : 127;
  head[1] = (side === "client" ? 0x80 : 0) | marker;
  if (extended === 2) head.writeUInt16BE(length, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (side === "server") return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  const masked = Buffer.from(payload);
  for (let i = 0; i < length; i++) masked[i] = (masked[i] as number) ^ (mask[i % 4] as number);
  return Buffer.concat([head, mask, masked]);
}

/** Finds frames in bytes as they come, masked or not. */
export class FrameReader {
  private pieces: Buffer[] = [];
  private held = 0;
  /** Bytes that must be here before looking again is of use. */
  private wanted = 2;

  push(chunk: Buffer): Frame[] {
    this.pieces.push(chunk);
    this.held += chunk.length;
    const frames: Frame[] = [];
    while (this.held >= this.wanted) {
      const bytes = this.pieces.length === 1 ? (this.pieces[0] as Buffer) : Buffer.concat(this.pieces);
      const read = readFrame(bytes);
      const rest = typeof read === "number" ? bytes : bytes.subarray(read.end);
      this.pieces = [rest];
      this.held = rest.length;
      this.wanted = typeof read === "number" ? read : 2;
      if (typeof read !== "number") frames.push(read.frame);
    }
    return frames;
  }
}

/** The frame at the start of `bytes`, or how many bytes are needed. */
function readFrame(bytes: Buffer): { readonly frame: Frame; readonly end: number } | number {
  const first = bytes[0] as number;
  const second = bytes[1] as number;
  const marker = second & 0x7f;
  const lengthEnd = marker === 126 ? 4 : marker === 127 ? 10 : 2;
  const start = lengthEnd + (second >= 0x80 ? 4 : 0);
  if (bytes.length < start) return start;
  const length = marker === 126 ? bytes.readUInt16BE(2) : marker === 127 ? Number(bytes.readBigUInt64BE(2)) : marker;
  if (bytes.length < start + length) return start + length;
  const payload = Buffer.from(bytes.subarray(start, start + length));
  if (second >= 0x80) for (let i = 0; i < length; i++) payload[i] = (payload[i] as number) ^ (bytes[lengthEnd + (i % 4)] as number);
  return { frame: { opcode: first & 0x0f, isFinal: first >= 0x80, payload }, end: start + length };
}

export interface WebSocketClient {
  readonly socket: Socket;
  /** The handshake's answer. */
  readonly head: string;
  send(code: number, payload: Buffer | string, isFinal?: boolean): void;
  /** Resolves with the next frame in order; rejects when the connection ends before. */
  next(): Promise<Frame>;
  readonly closed: ClientSocket["closed"];
}

/** Connects and shakes hands. Rejects with the answer when it is not a 101 with the right Sec-WebSocket-Accept. */
export async function openWebSocket(port: number, target: string, ...fields: readonly string[]): Promise<WebSocketClient> {
  const client = await openClient(port, handshake(target, ...fields));
  await client.arrival(/\r\n\r\n/);
  const answer = client.received;
  const headEnd = answer.indexOf("\r\n\r\n") + 4;
  const head = answer.slice(0, headEnd);
  if (!head.startsWith("HTTP/1.1 101 ") || !head.includes(acceptFor(KEY))) {
    client.socket.destroy();
    throw new Error(`The handshake failed: ${answer}`);
  }
  return frameClient(client, head, Buffer.from(answer.slice(headEnd), "latin1"));
}

function frameClient(client: ClientSocket, head: string, early: Buffer): WebSocketClient {
  const { socket } = client;
  const reader = new FrameReader();
  const frames: Frame[] = [];
  let isClosed = false;
  let look = (): void => {};
  const take = (chunk: Buffer): void => {
    frames.push(...reader.push(chunk));
    look();
  };
  socket.removeAllListeners("data");
  socket.on("data", take);
  if (early.length > 0) take(early);
  void client.closed.then(() => {
    isClosed = true;
    look();
  });
  const next = (): Promise<Frame> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("No frame came")), DEADLINE_MS);
      look = () => {
        const frame = frames.shift();
        if (frame === undefined && !isClosed) return;
        look = () => {};
        clearTimeout(timer);
        if (frame === undefined) reject(new Error("The connection ended before a frame came"));
        else resolve(frame);
      };
      look();
    });
  const send = (code: number, payload: Buffer | string, isFinal = true): void => {
    socket.write(encodeFrame(code, Buffer.from(payload), "client", isFinal));
  };
  return { socket, head, send, next, closed: client.closed };
}
