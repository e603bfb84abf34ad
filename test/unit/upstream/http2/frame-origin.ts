/** An HTTP/2 origin that speaks in frames of its own making, so that it can break every rule. Source: RFC 9113, section 4.1. */

import { type AddressInfo, createServer, type Socket } from "node:net";

export const frameType = { data: 0, headers: 1, rst: 3, settings: 4, ping: 6, goaway: 7, windowUpdate: 8 } as const;
export const frameFlag = { ack: 1, endStream: 1, endHeaders: 4 } as const;

export interface ReceivedFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
  /** Which connection brought it, counted from 0. */
  readonly connection: number;
}

export interface FrameOrigin {
  readonly port: number;
  readonly connections: number;
  readonly frames: readonly ReceivedFrame[];
  [Symbol.asyncDispose](): Promise<void>;
}

const PREFACE_BYTES = 24;
const FRAME_HEAD_BYTES = 9;

/** `answer` runs for every HEADERS frame; SETTINGS and their acknowledgement are sent by themselves. */
export async function startFrameOrigin(
  answer: (socket: Socket, frame: ReceivedFrame) => void,
  settings: Buffer = Buffer.alloc(0),
): Promise<FrameOrigin> {
  const frames: ReceivedFrame[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const connection = sockets.push(socket) - 1;
    let held: Buffer = Buffer.alloc(0);
    let isStarted = false;
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.write(frame(frameType.settings, 0, 0, settings));
    socket.on("data", (chunk) => {
      held = Buffer.concat([held, chunk]);
      if (!isStarted && held.length >= PREFACE_BYTES) {
        isStarted = true;
        held = held.subarray(PREFACE_BYTES);
      }
      if (!isStarted) return;
      for (let end = wholeFrame(held); end > 0; end = wholeFrame(held)) {
        const received = readFrame(held.subarray(0, end), connection);
        held = held.subarray(end);
        frames.push(received);
        if (received.type === frameType.settings && received.flags === 0) socket.write(frame(frameType.settings, frameFlag.ack, 0));
        if (received.type === frameType.headers) answer(socket, received);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return sockets.length;
    },
    frames,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function frame(type: number, flags: number, streamId: number, payload: Buffer | string = ""): Buffer {
  const bytes = Buffer.from(payload);
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(bytes.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, bytes]);
}

/** HEADERS of literal fields, flat; `flags` besides END_HEADERS. */
export function headersFrame(streamId: number, fields: readonly string[], flags = 0): Buffer {
  const parts = [];
  for (let i = 0; i < fields.length; i += 2)
    parts.push(Buffer.from([0]), hpackText(fields[i] as string), hpackText(fields[i + 1] as string));
  return frame(frameType.headers, frameFlag.endHeaders | flags, streamId, Buffer.concat(parts));
}

export function rstFrame(streamId: number, code: number): Buffer {
  return frame(frameType.rst, 0, streamId, uint32(code));
}

export function goawayFrame(lastStreamId: number, code: number): Buffer {
  return frame(frameType.goaway, 0, 0, Buffer.concat([uint32(lastStreamId), uint32(code)]));
}

/** One entry of a SETTINGS frame. */
export function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** RFC 7541, section 5.2, without Huffman coding; texts under 127 octets. */
function hpackText(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text, "latin1")]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function wholeFrame(bytes: Buffer): number {
  if (bytes.length < FRAME_HEAD_BYTES) return 0;
  const end = FRAME_HEAD_BYTES + bytes.readUIntBE(0, 3);
  return bytes.length >= end ? end : 0;
}

function readFrame(bytes: Buffer, connection: number): ReceivedFrame {
  return {
    type: bytes[3] as number,
    flags: bytes[4] as number,
    streamId: bytes.readUInt32BE(5),
    payload: Buffer.from(bytes.subarray(FRAME_HEAD_BYTES)),
    connection,
  };
}
