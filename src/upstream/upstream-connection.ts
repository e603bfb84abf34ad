/**
 * A socket to a peer. All read into one shared buffer, where a chunk is valid during the call that brings it; a connection whose answer streams
 * reads into one of its own, so that a client's socket may go on writing from it.
 */

import { connect, type OnReadOpts, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ConnectionBudget } from "../net/connection-budget.ts";
import type { Deadline, Deadlines } from "../net/deadlines.ts";
import { type ConnectPlace, connectPlace } from "./connect-place.ts";
import type { PeerAddress } from "./peer-address.ts";
import { connectPlain, DRAIN_MARK_BYTES, type PlainSocket, type SocketUser } from "./plain-socket.ts";
import { returnReadBuffer, sharedReadBuffer, takeReadBuffer } from "./read-buffers.ts";
import { connectTls, type TlsPlace } from "./tls/connect-tls.ts";
import { type PeerTls, poolKey, type Transport } from "./transport.ts";

/** In place of one that is closed: takes nothing, gives nothing. */
const CLOSED_SOCKET = new Socket().destroy();

/** Who uses a connection at the moment: an attempt, or the pool while it is idle. */
export interface ConnectionOwner {
  /** The peer has accepted the connection; TLS is being agreed upon. */
  handshaking(): void;
  /** The request can be sent. */
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

/** A socket between two owners. */
export interface OpenSocket {
  readonly socket: Socket;
  /** Requests sent on it. */
  readonly requests: number;
  /** Since it was opened. */
  readonly ageMs: number;
}

/** What every connection of the process shares. */
export interface ConnectionEnvironment {
  readonly deadlines: Deadlines;
  readonly connections: ConnectionBudget;
}

export class UpstreamConnection implements SocketUser {
  readonly address: PeerAddress;
  /** Under which the pool keeps it: never equal for connections that must not be taken for one another. */
  readonly poolKey: string;
  readonly deadline: Deadline;
  readonly openedAtMs: number;
  owner: ConnectionOwner;
  /** Requests sent on it. */
  requests = 0;
  private readonly budget: ConnectionBudget;
  private socket: Socket;
  /** What `socket` is of, where it is one in the clear that this process opened. */
  private plain: PlainSocket | undefined = undefined;
  private readonly preface: Buffer | undefined;
  private closedBytesRead = 0;
  private closedBytesWritten = 0;
  private isClosed = false;
  private readBuffer: Buffer = sharedReadBuffer;
  private readBytesMax = 0;
  private readonly flushed: (() => void) | undefined = undefined;

  /** Connects, or goes on with a socket that was `open` in another process. */
  constructor(
    address: PeerAddress,
    transport: Transport,
    owner: ConnectionOwner,
    { deadlines, connections }: ConnectionEnvironment,
    keepsAlive: boolean,
    open?: OpenSocket,
  ) {
    this.budget = connections;
    connections.open++;
    this.address = address;
    this.poolKey = poolKey(address.text, transport);
    this.owner = owner;
    this.openedAtMs = performance.now() - (open?.ageMs ?? 0);
    this.deadline = deadlines.create(() => this.owner.timedOut());
    const { tls, preface } = transport;
    this.preface = preface;
    const place = connectPlace(address, transport);
    if (open !== undefined) {
      this.requests = open.requests;
      this.flushed = () => this.tellDrained();
      this.socket = this.goOnWith(open.socket);
    } else if (tls === undefined) {
      this.plain = connectPlain(this, place, keepsAlive);
      this.socket = this.plain.socket;
    } else if (preface === undefined) this.socket = this.openTls(tls, place, keepsAlive);
    else this.socket = this.openTlsBehind(preface, tls, place, keepsAlive);
  }

  /** True when something written waits for the peer. */
  get isBacklogged(): boolean {
    return this.socket.writableLength > 0;
  }

  get bytesRead(): number {
    return this.isClosed ? this.closedBytesRead : this.socket.bytesRead;
  }

  get bytesWritten(): number {
    return this.isClosed ? this.closedBytesWritten : this.socket.bytesWritten;
  }

  /** latin1 text. */
  writeText(text: string): void {
    this.socket.write(text, "latin1", this.flushed);
  }

  /** The chunk must not change until it is drained. */
  writeBytes(chunk: Buffer): void {
    this.socket.write(chunk, this.flushed);
  }

  /** Both in one system call. */
  writeBoth(text: string, chunk: Buffer): void {
    this.socket.cork();
    this.socket.write(text, "latin1");
    this.socket.write(chunk, this.flushed);
    this.socket.uncork();
  }

  /** Reads into memory of its own from the next read on, no more than `bytesMax` at a time where that is not 0. */
  useOwnBuffer(bytesMax: number): void {
    this.readBytesMax = bytesMax;
    if (this.readBuffer === sharedReadBuffer) this.readBuffer = takeReadBuffer();
  }

  /** Back to the shared buffer: what was read has been used up. */
  useSharedBuffer(): void {
    returnReadBuffer(this.readBuffer);
    this.readBuffer = sharedReadBuffer;
    this.readBytesMax = 0;
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
    if (!this.release()) return;
    const { socket, plain } = this;
    this.closedBytesRead = socket.bytesRead;
    this.closedBytesWritten = socket.bytesWritten;
    // From here on the socket may be another connection's.
    this.socket = CLOSED_SOCKET;
    if (plain === undefined) socket.destroy();
    else plain.close();
  }

  /** Gives the socket away, as it is: to another process. Undefined, and closed, where only this one can go on with it (TLS). */
  handOver(): OpenSocket | undefined {
    if (this.poolKey !== this.address.text) this.close();
    if (!this.release()) return undefined;
    this.plain?.giveAway();
    return { socket: this.socket, requests: this.requests, ageMs: performance.now() - this.openedAtMs };
  }

  /** False when that has been done before. */
  private release(): boolean {
    if (this.isClosed) return false;
    this.isClosed = true;
    this.budget.open--;
    this.deadline.remove();
    this.useSharedBuffer();
    return true;
  }

  private openTls(tls: PeerTls, place: TlsPlace, keepsAlive: boolean): Socket {
    const onread: OnReadOpts = { buffer: () => this.nextBuffer(), callback: (length, buffer) => this.read(length, buffer) };
    const options = { place, addressText: this.address.text, onread, writableMarkBytes: DRAIN_MARK_BYTES };
    const socket: TLSSocket = connectTls(tls, options, {
      secured: () => this.owner.connected(),
      rejected: (error) => this.owner.failed(error),
    });
    socket.on("connect", () => {
      socket.setNoDelay(true);
      if (keepsAlive) socket.setKeepAlive(true);
      this.owner.handshaking();
    });
    return this.listenTo(socket);
  }

  /** TLS over a socket that has said something in the clear before. Node has no `onread` there: chunks come in memory of their own. */
  private openTlsBehind(preface: Buffer, tls: PeerTls, place: ConnectPlace, keepsAlive: boolean): Socket {
    const below = connect({ ...place, noDelay: true, keepAlive: keepsAlive });
    below.on("connect", () => {
      below.write(preface);
      const socket = this.openTls(tls, { socket: below }, false);
      socket.on("data", (chunk: Buffer) => this.read(chunk.length, chunk));
      this.socket = socket;
      this.owner.handshaking();
    });
    below.on("error", (error) => this.failed(error));
    return below;
  }

  /** Node has made it, with a high-water mark of its own and no `onread`: every write tells of its end, chunks come in memory of their own. */
  private goOnWith(socket: Socket): Socket {
    socket.on("data", (chunk: Buffer) => this.read(chunk.length, chunk));
    return this.listenTo(socket);
  }

  private tellDrained(): void {
    if (!this.isClosed && !this.isBacklogged) this.owner.drained();
  }

  private listenTo(socket: Socket): Socket {
    socket.on("end", () => this.ended());
    if (this.flushed === undefined) socket.on("drain", () => this.drained());
    socket.on("error", (error) => this.failed(error));
    return socket;
  }

  /** The socket's, as all below. */
  opened(): void {
    if (this.preface !== undefined) this.socket.write(this.preface);
    this.owner.connected();
  }

  nextBuffer(): Buffer {
    return this.readBytesMax === 0 ? this.readBuffer : this.readBuffer.subarray(0, this.readBytesMax);
  }

  ended(): void {
    this.owner.ended();
  }

  drained(): void {
    this.owner.drained();
  }

  failed(error: NodeJS.ErrnoException): void {
    if (!this.isClosed) this.owner.failed(error);
  }

  read(length: number, buffer: Uint8Array): boolean {
    if (this.isClosed) return true;
    // Node hands back the very Buffer given to onread.
    const chunk = (buffer as Buffer).subarray(0, length);
    if (this.owner.received(chunk)) return true;
    if (!this.isClosed) this.socket.pause();
    return true;
  }
}
