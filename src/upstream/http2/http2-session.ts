/** One HTTP/2 connection to a peer, shared by the requests of all clients (RFC 9113, section 9.1). */

import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from "node:http2";
import type { Socket } from "node:net";
import { http2Library } from "../../net/http2-library.ts";
import type { PeerAddress } from "../peer-address.ts";
import type { RejectedPeerError } from "../tls/handshake-error.ts";
import type { Transport } from "../transport.ts";
import { openSocket, type SocketListener } from "./open-socket.ts";

/** A request that waits for a connection. */
export interface SessionUser {
  handshaking(): void;
  sessionReady(): void;
  /** There will be no connection; undefined: the peer closed it. */
  sessionFailed(error: NodeJS.ErrnoException | undefined): void;
}

/** Whom a session tells of its life: the pool. */
export interface SessionOwner {
  /** It may have become idle, or have ended, or takes no more requests. */
  sessionChanged(session: Http2Session): void;
}

/** What an answer may send before it is read: a paused stream holds this much at most (RFC 9113, section 6.9). */
const STREAM_WINDOW_BYTES = 262_144;
/** All streams of a connection together, between two readings of the socket. */
const CONNECTION_WINDOW_BYTES = 1_048_576;
/** Node refuses streams when those of a connection hold more than this; 10 unless told: here, 256 full windows. */
const SESSION_MEMORY_MB = 64;
/** Node resets answers with more fields; 128 unless told. What they may weigh together is `proxy_buffer_size`. */
const HEADER_PAIRS_MAX = 1000;
/** Until the peer has said how many streams it takes (RFC 9113, section 6.5.2, would have no fewer). */
const STREAMS_BEFORE_SETTINGS = 100;

export class Http2Session implements SocketListener {
  readonly key: string;
  readonly openedAtMs: number;
  /** Requests given to it. */
  requests = 0;
  /** The peer has sent its SETTINGS: it speaks HTTP/2. */
  isConfirmed = false;
  /** What broke the connection; undefined: nothing, or the peer closed it. */
  failure: NodeJS.ErrnoException | undefined = undefined;
  private readonly owner: SessionOwner;
  private socket: Socket | undefined;
  private readonly joined = new Set<SessionUser>();
  private readonly waiting = new Set<SessionUser>();
  private session: ClientHttp2Session | undefined;
  private isHandshaking = false;
  private isClosed = false;
  private isRetired = false;
  private lastStreamId = Number.POSITIVE_INFINITY;

  constructor(key: string, owner: SessionOwner, address: PeerAddress, transport: Transport, keepsAlive: boolean) {
    this.key = key;
    this.owner = owner;
    this.openedAtMs = performance.now();
    openSocket(address, transport, keepsAlive, this);
  }

  /** Streams can be opened on it. */
  get isReady(): boolean {
    return this.session !== undefined;
  }

  /** Further requests may be given to it. */
  get isOpen(): boolean {
    const { session } = this;
    return !this.isClosed && !this.isRetired && (session === undefined || !(session.closed || session.destroyed));
  }

  /** Nothing comes from it any more. */
  get isGone(): boolean {
    return this.isClosed;
  }

  /** Streams that the peer allows at a time. */
  get streamsMax(): number {
    if (!this.isConfirmed) return STREAMS_BEFORE_SETTINGS;
    return this.session?.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY;
  }

  /** Requests that wait for the connection or have a stream on it. */
  get users(): number {
    return this.joined.size;
  }

  /** To be called once by a request that is going to use it; `leave` ends that, and may be called twice. */
  join(user: SessionUser): void {
    this.joined.add(user);
    this.requests++;
    if (this.isReady) return;
    this.waiting.add(user);
    if (this.isHandshaking) user.handshaking();
  }

  leave(user: SessionUser): void {
    if (!this.joined.delete(user)) return;
    this.waiting.delete(user);
    // Nobody wants a connection any more that is still being made.
    if (this.users === 0 && !this.isReady) this.close();
    this.owner.sessionChanged(this);
  }

  /** Only when ready. Throws when the connection has ended meanwhile. */
  request(headers: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream {
    if (this.session === undefined) throw new Error("Cannot open a stream: the HTTP/2 connection is not ready");
    return this.session.request(headers, { endStream });
  }

  /** Whether the peer has not looked at a stream: it came after the last one of its GOAWAY, or has waited for its turn until the end. */
  hasLeftOut(streamId: number | undefined): boolean {
    return streamId === undefined ? this.isConfirmed : streamId > this.lastStreamId;
  }

  /** Takes no more requests; those under way end in peace. */
  retire(): void {
    this.isRetired = true;
  }

  /** Ends it at once, with all its streams. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.session?.destroy();
    this.socket?.destroy();
  }

  opened(socket: Socket): void {
    this.socket = socket;
    socket.on("error", (error) => this.broken(error));
    socket.on("close", () => this.ended());
  }

  handshaking(): void {
    this.isHandshaking = true;
    for (const user of [...this.waiting]) user.handshaking();
  }

  secured(): void {
    const { socket } = this;
    if (this.isClosed || socket === undefined) return;
    // Scheme and authority are those of each request.
    const session = http2Library().connect("http://peer", {
      createConnection: () => socket,
      maxHeaderListPairs: HEADER_PAIRS_MAX,
      maxSessionMemory: SESSION_MEMORY_MB,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
    });
    this.session = session;
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    session.once("remoteSettings", () => {
      this.isConfirmed = true;
    });
    session.on("goaway", (_code, lastStreamId) => {
      this.lastStreamId = Math.min(this.lastStreamId, lastStreamId);
      this.retire();
      this.owner.sessionChanged(this);
    });
    session.on("error", (error) => this.broken(error));
    session.on("close", () => this.ended());
    for (const user of this.takeWaiting()) user.sessionReady();
  }

  rejected(error: RejectedPeerError): void {
    this.broken(error);
  }

  private broken(error: NodeJS.ErrnoException): void {
    this.failure ??= error;
    this.ended();
  }

  private ended(): void {
    this.close();
    for (const user of this.takeWaiting()) user.sessionFailed(this.failure);
    this.owner.sessionChanged(this);
  }

  private takeWaiting(): readonly SessionUser[] {
    const waiting = [...this.waiting];
    this.waiting.clear();
    return waiting;
  }
}
