/** HTTP/2 frames written and read by hand, for what no client library would send. Source: RFC 9113 section 4 and 6, RFC 7541 section 6.2. */

import { connect, type Socket } from "node:net";

export const FRAME_TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;
export const ERROR_CODE = { none: 0, protocol: 1, internal: 2, flowControl: 3, refused: 7, cancel: 8, compression: 9, calm: 11 } as const;

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
const FRAME_HEAD_BYTES = 9;
const WAIT_MS = 8000;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ""): Buffer {
  const content = typeof payload === "string" ? Buffer.from(payload, "latin1") : payload;
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(content.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, content]);
}

export function settings(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  return frame(FRAME_TYPE.settings, 0, 0, Buffer.concat(pairs.map(([id, value]) => Buffer.concat([u16(id), u32(value)]))));
}

export function windowUpdate(stream: number, increment: number): Buffer {
  return frame(FRAME_TYPE.windowUpdate, 0, stream, u32(increment));
}

export function reset(stream: number, code: number = ERROR_CODE.cancel): Buffer {
  return frame(FRAME_TYPE.rstStream, 0, stream, u32(code));
}

export type Fields = readonly (readonly [name: string, value: string])[];

/** Pseudo-fields of a GET, and others behind them. */
export function get(path: string, ...more: Fields): Fields {
  return [[":method", "GET"], [":scheme", "http"], [":authority", "localhost"], [":path", path], ...more];
}

export function post(path: string, ...more: Fields): Fields {
  return [[":method", "POST"], ...get(path, ...more).slice(1)];
}

/** A whole head in one frame. */
export function headers(stream: number, fields: Fields, flags: number = FLAG.endStream): Buffer {
  return frame(FRAME_TYPE.headers, flags | FLAG.endHeaders, stream, fieldBlock(fields));
}

/** Literal fields without indexing and without Huffman coding. */
export function fieldBlock(fields: Fields): Buffer {
  return Buffer.concat(fields.map(([name, value]) => Buffer.concat([Buffer.of(0), text(name), text(value)])));
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 255);
}

/** RFC 7541 section 5.1 and 5.2: a length of seven prefix bits, then the octets. */
function text(value: string): Buffer {
  const length: number[] = [];
  if (value.length < 127) {
    length.push(value.length);
  } else {
    length.push(127);
    let rest = value.length - 127;
    for (; rest >= 128; rest >>>= 7) length.push((rest & 127) | 128);
    length.push(rest);
  }
  return Buffer.concat([Buffer.from(length), Buffer.from(value, "latin1")]);
}

/** A connection of a client that sends exactly the frames it is given. */
export class FrameClient {
  readonly frames: Frame[] = [];
  /** Settles when the connection is over. */
  readonly closed: Promise<void>;
  isClosed = false;
  private readonly socket: Socket;
  private unread = Buffer.alloc(0);
  private look: () => void = () => {};

  /** Unless it "stays", it closes its side when the server does. */
  constructor(port: number, atEnd: "closes" | "stays" = "closes") {
    this.socket = connect({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: atEnd === "stays" });
    this.socket.on("data", (chunk) => this.receive(chunk));
    this.socket.on("error", () => this.socket.destroy());
    this.closed = new Promise((resolve) => {
      this.socket.once("close", () => {
        this.isClosed = true;
        this.look();
        resolve();
      });
    });
  }

  send(...frames: readonly Buffer[]): boolean {
    return this.socket.write(Buffer.concat(frames));
  }

  /** Sends the same again and again, as fast as it is taken, until `total` bytes are out or the server closes. */
  async flood(piece: Buffer, total: number): Promise<void> {
    for (let sent = 0; sent < total && !this.isClosed; sent += piece.length) {
      if (this.socket.write(piece)) continue;
      await Promise.race([new Promise((resolve) => this.socket.once("drain", resolve)), this.closed]);
    }
  }

  pause(): void {
    this.socket.pause();
  }

  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** The first frame that fits, waiting for it; rejects when the connection ends before. */
  async arrival(fits: (frame: Frame) => boolean): Promise<Frame> {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No such frame came among ${describe(this.frames)}`)), WAIT_MS);
      this.look = () => {
        const found = this.frames.find(fits);
        if (found === undefined && !this.isClosed) return;
        clearTimeout(timer);
        this.look = () => {};
        if (found === undefined) reject(new Error(`The connection ended; ${describe(this.frames)} came`));
        else resolve(found);
      };
      this.look();
    });
  }

  /** The code of the GOAWAY or RST_STREAM frame that comes, for the stream or (0) the connection. */
  async errorCode(stream: number): Promise<number> {
    const wanted = stream === 0 ? FRAME_TYPE.goaway : FRAME_TYPE.rstStream;
    const { payload } = await this.arrival((each) => each.type === wanted && each.stream === stream);
    return payload.readUInt32BE(stream === 0 ? 4 : 0);
  }

  /** Resolves when a frame has come that fits, or the connection is over. */
  async arrivalOrEnd(fits: (frame: Frame) => boolean): Promise<Frame | undefined> {
    return await this.arrival(fits).catch((error: Error) => {
      if (!this.isClosed) throw error;
      return undefined;
    });
  }

  /** Resolves when the stream's answer is whole. */
  async answered(stream: number): Promise<void> {
    await this.arrival(
      ({ type, flags, stream: id }) =>
        id === stream && (type === FRAME_TYPE.data || type === FRAME_TYPE.headers) && (flags & FLAG.endStream) !== 0,
    );
  }

  private receive(chunk: Buffer): void {
    this.unread = Buffer.concat([this.unread, chunk]);
    for (;;) {
      if (this.unread.length < FRAME_HEAD_BYTES) break;
      const length = this.unread.readUIntBE(0, 3);
      if (this.unread.length < FRAME_HEAD_BYTES + length) break;
      this.frames.push({
        type: this.unread[3] ?? 0,
        flags: this.unread[4] ?? 0,
        stream: this.unread.readUInt32BE(5) & 0x7fffffff,
        payload: this.unread.subarray(FRAME_HEAD_BYTES, FRAME_HEAD_BYTES + length),
      });
      this.unread = this.unread.subarray(FRAME_HEAD_BYTES + length);
    }
    this.look();
  }
}

/** Connects and says what every client says first. */
export function openFrameClient(port: number, ...first: readonly (readonly [id: number, value: number])[]): FrameClient {
  const client = new FrameClient(port);
  client.send(PREFACE, settings(...first));
  return client;
}

function describe(frames: readonly Frame[]): string {
  return frames.map(({ type, flags, stream }) => `${type}/${flags}#${stream}`).join(" ");
}
