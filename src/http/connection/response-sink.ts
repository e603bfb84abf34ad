/** Writes a body that arrives over time to the client's socket, framed as its head said. */

import type { Socket } from "node:net";
import { encodeChunkHead, LAST_CHUNK } from "../message/chunked.ts";
import type { BodySink, Response } from "../response.ts";
import type { BodyFraming } from "./response-framing.ts";

/** Pieces up to this size that come while a body starts are sent together with the head in one write. */
const JOINED_BYTES_MAX = 16_384;

export interface ResponseSinkOwner {
  /** The body is over: `isWhole` false when it was cut, after which the connection cannot be used. */
  bodyEnded(isWhole: boolean, error: Error | undefined): void;
  /** Something was written and the client has not taken it yet: its send time-out runs until it drains. */
  sendBlocked(): void;
  countSent(bytes: number, bodyBytes: number): void;
}

export class ResponseSink implements BodySink {
  private readonly socket: Socket;
  private readonly owner: ResponseSinkOwner;
  private readonly response: Response;
  private readonly framing: BodyFraming;
  /** Octets still due under a Content-Length. */
  private remaining: number;
  /** The head, and small pieces behind it, not yet written. */
  private held: string;
  /** Octets of `held` that are the head: all the rest counts as body, framing included (nginx: $body_bytes_sent). */
  private heldHeadBytes: number;
  private isStarting = true;
  private isOver = false;

  constructor(owner: ResponseSinkOwner, socket: Socket, response: Response, framing: BodyFraming, head: string) {
    this.owner = owner;
    this.socket = socket;
    this.response = response;
    this.framing = framing;
    this.remaining = framing === "length" ? response.contentLength : Number.POSITIVE_INFINITY;
    this.held = head;
    this.heldHeadBytes = head.length;
  }

  /** What the body brought in `start` has been gathered: send it. */
  started(holdHead: boolean): void {
    this.isStarting = false;
    if (!holdHead) this.writeHeld();
  }

  write(chunk: Buffer): boolean {
    if (this.isOver) return true;
    let piece = chunk;
    if (piece.length > this.remaining) piece = piece.subarray(0, this.remaining);
    if (piece.length === 0) return true;
    this.remaining -= piece.length;
    if (this.isStarting && this.held.length + piece.length <= JOINED_BYTES_MAX) {
      this.hold(piece);
      return true;
    }
    const chunkHead = this.framing === "chunked" ? encodeChunkHead(piece.length) : "";
    const prefix = this.held + chunkHead;
    this.countSent(prefix.length + piece.length + (chunkHead === "" ? 0 : 2));
    this.held = "";
    if (prefix === "") {
      this.socket.write(piece);
    } else {
      this.socket.cork();
      this.socket.write(prefix, "latin1");
      this.socket.write(piece);
      if (chunkHead !== "") this.socket.write("\r\n", "latin1");
      this.socket.uncork();
    }
    return this.hasDrained();
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.framing === "length" && this.remaining > 0) {
      this.writeHeld();
      this.owner.bodyEnded(false, new Error(`body ended ${this.remaining} bytes short of its Content-Length`));
      return;
    }
    if (this.framing === "chunked") this.held += renderLastChunk(this.response.trailers);
    this.writeHeld();
    this.owner.bodyEnded(true, undefined);
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.writeHeld();
    this.owner.bodyEnded(false, error);
  }

  private hold(piece: Buffer): void {
    const text = piece.toString("latin1", 0, piece.length);
    this.held += this.framing === "chunked" ? `${encodeChunkHead(piece.length)}${text}\r\n` : text;
  }

  private writeHeld(): void {
    if (this.held === "") return;
    this.socket.write(this.held, "latin1");
    this.countSent(this.held.length);
    this.held = "";
    if (this.socket.writableLength > 0) this.owner.sendBlocked();
  }

  private countSent(bytes: number): void {
    this.owner.countSent(bytes, bytes - this.heldHeadBytes);
    this.heldHeadBytes = 0;
  }

  /** False while the socket still refers to the chunk's memory. */
  private hasDrained(): boolean {
    if (this.socket.writableLength === 0) return true;
    this.owner.sendBlocked();
    return false;
  }
}

/** The end of a chunked body, with its trailers. */
export function renderLastChunk(trailers: readonly string[] | undefined): string {
  if (trailers === undefined) return LAST_CHUNK;
  let text = "0\r\n";
  for (let i = 0; i < trailers.length; i += 2) text += `${trailers[i]}: ${(trailers[i + 1] as string).replace(/[\r\n\0]+/g, " ")}\r\n`;
  return `${text}\r\n`;
}
