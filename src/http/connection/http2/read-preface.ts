/** Tells HTTP/2 by prior knowledge from HTTP/1.x by a connection's first bytes. Source: RFC 9113 section 3.4. */

import type { Socket } from "node:net";
import type { Deadline } from "../../../net/deadlines.ts";
import type { OpeningStep } from "../connection-opening.ts";
import { logOpeningError } from "../opening-log.ts";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");

type Next = (protocol: "h2" | "http/1.1") => void;

/** Calls `next` once it is known; what was read goes back to the socket. A client that says nothing in client_header_timeout is closed. */
export function readPreface(socket: Socket, step: OpeningStep, next: Next): void {
  new PrefaceReader(socket, step, next);
}

class PrefaceReader {
  private readonly socket: Socket;
  private readonly next: Next;
  private readonly deadline: Deadline;
  private read: Buffer | undefined = undefined;
  private readonly onData = (chunk: Buffer): void => this.receive(chunk);
  /** A client that leaves this early has asked for nothing. */
  private readonly onEnd = (): void => {
    this.socket.destroy();
  };
  private readonly onClose = (): void => this.deadline.remove();

  constructor(socket: Socket, { host, info }: OpeningStep, next: Next) {
    this.socket = socket;
    this.next = next;
    this.deadline = host.deadlines.create(() => {
      logOpeningError(host, info, "info", "client timed out (110: Connection timed out) while waiting for request");
      socket.destroy();
    });
    this.deadline.set(host.hosts.defaultServer.connection.headerTimeoutMs);
    socket.on("data", this.onData);
    socket.on("end", this.onEnd);
    socket.on("close", this.onClose);
    // A step before this one may have paused it.
    socket.resume();
  }

  private receive(chunk: Buffer): void {
    const read = this.read === undefined ? chunk : Buffer.concat([this.read, chunk]);
    this.read = read;
    const compared = Math.min(read.length, PREFACE.length);
    if (read.compare(PREFACE, 0, compared, 0, compared) !== 0) this.decide("http/1.1", read);
    else if (compared === PREFACE.length) this.decide("h2", read);
  }

  private decide(protocol: "h2" | "http/1.1", read: Buffer): void {
    const { socket } = this;
    this.deadline.remove();
    socket.off("data", this.onData);
    socket.off("end", this.onEnd);
    socket.off("close", this.onClose);
    socket.pause();
    socket.unshift(read);
    this.next(protocol);
  }
}
