/** What a client has sent and nobody has taken yet, and whether more of it is read. */

import type { Socket } from "node:net";

/** Bytes kept of requests sent ahead, or of a body nobody has asked for yet, before the socket is paused. */
const KEPT_BYTES_MAX = 65_536;

export class ConnectionInput {
  bytes: Buffer | undefined = undefined;
  private readonly socket: Socket;
  private isPaused = false;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  append(chunk: Buffer): Buffer {
    this.bytes = this.bytes === undefined ? chunk : Buffer.concat([this.bytes, chunk]);
    return this.bytes;
  }

  /** Keeps bytes that come before their time. */
  keep(chunk: Buffer): void {
    if (this.append(chunk).length > KEPT_BYTES_MAX) this.pause();
  }

  take(): Buffer | undefined {
    const { bytes } = this;
    this.bytes = undefined;
    return bytes;
  }

  pause(): void {
    if (this.isPaused) return;
    this.isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.socket.resume();
  }
}
