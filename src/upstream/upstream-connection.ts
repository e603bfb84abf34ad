/**
 * A socket to a peer. All read into one shared buffer, where a chunk is valid during the call that brings it; a connection whose answer streams
 * reads into one of its own, so that a client's socket may go on writing from it.
 */

import { connect, type NetConnectOpts, type OnReadOpts, type Socket } from "node:net";
import type { DuplexOptions } from "node:stream";
import type { Deadline, Deadlines } from "../net/deadlines.ts";
import type { PeerAddress } from "./peer-address.ts";
import { returnReadBuffer, sharedReadBuffer, takeReadBuffer } from "./read-buffers.ts";

/** Node tells that everything has been taken only to who had this much waiting: whoever waits for that must hear of every octet. */
const DRAIN_MARK_BYTES = 1;

/** Who uses a connection at the moment: an attempt, or the pool while it is idle. */
export interface ConnectionOwner {
  connected(): void;
  /** False: read no more until `resumeReading`. */
  received(chunk: Buffer): boolean;
  /** The peer will send nothing more. */
  ended(): void;
  failed(error: NodeJS.ErrnoException): void;
  /** Everything written has been taken by the system. */
  drained(): void;
  timedOut(): void;
}

export class UpstreamConnection {
  readonly address: PeerAddress;
  readonly deadline: Deadline;
  readonly openedAtMs: number;
  owner: ConnectionOwner;
  /** Requests sent on it. */
  requests = 0;
  private readonly socket: Socket;
  private isClosed = false;
  private readBuffer: Buffer = sharedReadBuffer;

  constructor(address: PeerAddress, owner: ConnectionOwner, deadlines: Deadlines, keepsAlive: boolean) {
    this.address = address;
    this.owner = owner;
    this.openedAtMs = performance.now();
    this.deadline = deadlines.create(() => this.owner.timedOut());
    const onread: OnReadOpts = { buffer: () => this.readBuffer, callback: (length, buffer) => this.read(length, buffer) };
    const place =
      address.kind === "unix"
        ? { path: systemPath(address.path) }
        : { host: address.host, port: address.port, noDelay: true, autoSelectFamily: false, keepAlive: keepsAlive };
    const options: NetConnectOpts & DuplexOptions = { ...place, writableHighWaterMark: DRAIN_MARK_BYTES };
    // @types/node leaves `onread` out of the unix socket form, and Node takes it in both.
    this.socket = connect(Object.assign(options, { onread }));
    this.socket.on("connect", () => this.owner.connected());
    this.socket.on("end", () => this.owner.ended());
    this.socket.on("drain", () => this.owner.drained());
    this.socket.on("error", (error) => {
      if (!this.isClosed) this.owner.failed(error);
    });
  }

  /** True when something written waits for the peer. */
  get isBacklogged(): boolean {
    return this.socket.writableLength > 0;
  }

  get bytesRead(): number {
    return this.socket.bytesRead;
  }

  get bytesWritten(): number {
    return this.socket.bytesWritten;
  }

  /** latin1 text. */
  writeText(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** The chunk must not change until it is drained. */
  writeBytes(chunk: Buffer): void {
    this.socket.write(chunk);
  }

  /** Both in one system call. */
  writeBoth(text: string, chunk: Buffer): void {
    this.socket.cork();
    this.socket.write(text, "latin1");
    this.socket.write(chunk);
    this.socket.uncork();
  }

  /** Sends nothing more, and still reads. */
  endWriting(): void {
    this.socket.end();
  }

  /** Reads into memory of its own from the next read on. */
  useOwnBuffer(): void {
    if (this.readBuffer === sharedReadBuffer) this.readBuffer = takeReadBuffer();
  }

  /** Back to the shared buffer: what was read has been used up. */
  useSharedBuffer(): void {
    returnReadBuffer(this.readBuffer);
    this.readBuffer = sharedReadBuffer;
  }

  /** Leaves the last chunk's memory to the caller, who returns it when it is used up, and reads on elsewhere. Only with a buffer of its own. */
  giveBuffer(): Buffer {
    const given = this.readBuffer;
    this.readBuffer = takeReadBuffer();
    return given;
  }

  resumeReading(): void {
    if (!this.isClosed) this.socket.resume();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.deadline.remove();
    this.useSharedBuffer();
    this.socket.destroy();
  }

  private read(length: number, buffer: Uint8Array): boolean {
    if (this.isClosed) return true;
    // Node hands back the very Buffer given to onread.
    const chunk = (buffer as Buffer).subarray(0, length);
    if (this.owner.received(chunk)) return true;
    if (!this.isClosed) this.socket.pause();
    return true;
  }
}

/** Paths are latin1 text of their bytes, and Node takes UTF-8: a name that is not UTF-8 cannot be reached. */
function systemPath(path: string): string {
  return Buffer.from(path, "latin1").toString("utf8");
}
