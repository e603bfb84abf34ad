/**
 * Sockets in the clear that are used again: Node.js lets a socket connect anew once it has closed (nodejs.org, socket.connect()). uwsgi takes a
 * connection for each request, and making the socket for it was a third of that: some 50 µs with
 * new ones, 27 to 38 µs with these (test/bench/micro/plain-socket.ts).
 */

import { type OnReadOpts, Socket, type SocketConstructorOpts } from "node:net";
import type { DuplexOptions } from "node:stream";
import type { ConnectPlace } from "./connect-place.ts";
import { sharedReadBuffer } from "./read-buffers.ts";

/** Node tells that everything has been taken only to who had this much waiting: whoever waits for that must hear of every octet. */
export const DRAIN_MARK_BYTES = 1;
/** Closed sockets that wait to be used again, of each kind. */
const SPARE_SOCKETS_MAX = 128;

/** Whose connection it is at the moment. */
export interface SocketUser {
  /** Where the next read goes. */
  nextBuffer(): Buffer;
  opened(): void;
  read(length: number, buffer: Uint8Array): boolean;
  ended(): void;
  drained(): void;
  failed(error: NodeJS.ErrnoException): void;
}

// Closed sockets without meaning: nothing of a former connection is left in them.
const spareSockets: PlainSocket[] = [];
const spareProbedSockets: PlainSocket[] = [];

/** A socket that begins to connect; `keepsAlive`: with TCP keep-alive probes. */
export function connectPlain(user: SocketUser, place: ConnectPlace, keepsAlive: boolean): PlainSocket {
  const spares = keepsAlive ? spareProbedSockets : spareSockets;
  const plain = spares.pop() ?? new PlainSocket(keepsAlive, spares);
  plain.connect(user, place);
  return plain;
}

export class PlainSocket {
  readonly socket: Socket;
  private readonly spares: PlainSocket[];
  private user: SocketUser | undefined = undefined;
  private isUnspoilt = false;

  constructor(keepsAlive: boolean, spares: PlainSocket[]) {
    this.spares = spares;
    const onread: OnReadOpts = {
      buffer: () => this.user?.nextBuffer() ?? sharedReadBuffer,
      callback: (length, buffer) => this.user?.read(length, buffer) ?? true,
    };
    const options: SocketConstructorOpts & DuplexOptions = { writableHighWaterMark: DRAIN_MARK_BYTES };
    // @types/node knows the others as options of connect() alone, which hands them to the constructor.
    this.socket = new Socket(Object.assign(options, { onread, noDelay: true, keepAlive: keepsAlive }));
    this.socket.on("connect", () => this.user?.opened());
    this.socket.on("end", () => this.user?.ended());
    this.socket.on("drain", () => this.user?.drained());
    this.socket.on("error", (error) => this.user?.failed(error));
    this.socket.on("close", () => this.closed());
  }

  /** To be called while it is closed. */
  connect(user: SocketUser, place: ConnectPlace): void {
    this.user = user;
    this.isUnspoilt = false;
    this.socket.connect(place);
  }

  /** Nobody hears of it any more. */
  close(): void {
    this.user = undefined;
    this.isUnspoilt = isUnspoilt(this.socket);
    this.socket.destroy();
  }

  /** It is somebody else's from now on. */
  giveAway(): Socket {
    this.user = undefined;
    return this.socket;
  }

  private closed(): void {
    if (this.isUnspoilt && this.spares.length < SPARE_SOCKETS_MAX) this.spares.push(this);
  }
}

/** A socket that is closed in the middle of something remembers more than connect() makes it forget. */
function isUnspoilt(socket: Socket): boolean {
  const isWhole = !socket.connecting && !socket.destroyed && !socket.readableEnded && !socket.writableEnded;
  return isWhole && socket.writableLength === 0 && !socket.isPaused();
}
