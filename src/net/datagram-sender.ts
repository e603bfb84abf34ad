/** Sends datagrams to one UDP address: in order, without waiting for it, and bounded. */

import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns";

/** Datagrams that may wait until the address is known; more are lost. */
const WAITING_MAX = 1024;

/** Octets that the system may be behind; what comes on top is lost. */
const QUEUE_BYTES_MAX = 1024 * 1024;

/** After a failure to find or reach the address nothing is tried for so long, and losses are told of no more often. */
const RETRY_INTERVAL_MS = 1000;

export class DatagramSender {
  private readonly host: string;
  private readonly port: number;
  private readonly onLoss: (error: NodeJS.ErrnoException) => void;
  private readonly onSent: (error: Error | null) => void;
  private socket: Socket | undefined = undefined;
  private state: "idle" | "opening" | "open" | "closed" = "idle";
  private waiting: Buffer[] = [];
  private failedAtMs = Number.NEGATIVE_INFINITY;
  private toldAtMs = Number.NEGATIVE_INFINITY;

  /** A name is looked up with the first datagram. `onLoss` hears why datagrams are lost, at most once a second. */
  constructor(host: string, port: number, onLoss: (error: NodeJS.ErrnoException) => void) {
    this.host = host;
    this.port = port;
    this.onLoss = onLoss;
    this.onSent = (error) => {
      if (error !== null) this.tell(error);
    };
  }

  send(datagram: Buffer): void {
    const { socket } = this;
    if (this.state === "open" && socket !== undefined) {
      if (socket.getSendQueueSize() > QUEUE_BYTES_MAX) this.tell(backlogError());
      else socket.send(datagram, this.onSent);
      return;
    }
    if (this.state === "closed" || performance.now() - this.failedAtMs < RETRY_INTERVAL_MS) return;
    if (this.waiting.length >= WAITING_MAX) this.tell(backlogError());
    else this.waiting.push(datagram);
    if (this.state === "idle") this.open();
  }

  /** Sends what waits, if the address becomes known, and nothing more. */
  close(): void {
    const wasOpening = this.state === "opening";
    this.state = "closed";
    if (!wasOpening || this.waiting.length === 0) this.dropSocket();
  }

  private open(): void {
    this.state = "opening";
    lookup(this.host, (error, address, family) => {
      if (error !== null) this.fail(error);
      else this.connect(address, family === 6 ? "udp6" : "udp4");
    });
  }

  private connect(address: string, type: "udp4" | "udp6"): void {
    const socket = createSocket(type).unref();
    this.socket = socket;
    socket.on("error", (error) => {
      if (this.socket === socket) this.fail(error);
    });
    socket.on("connect", () => {
      for (const datagram of this.waiting.splice(0)) socket.send(datagram, this.onSent);
      if (this.state === "closed") this.dropSocket();
      else this.state = "open";
    });
    socket.connect(this.port, address);
  }

  /** nginx: a failed socket is closed, and a later line makes another. */
  private fail(error: NodeJS.ErrnoException): void {
    this.failedAtMs = performance.now();
    this.waiting = [];
    this.dropSocket();
    if (this.state !== "closed") this.state = "idle";
    this.tell(error);
  }

  private dropSocket(): void {
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
  }

  private tell(error: NodeJS.ErrnoException): void {
    const now = performance.now();
    if (now - this.toldAtMs < RETRY_INTERVAL_MS) return;
    this.toldAtMs = now;
    this.onLoss(error);
  }
}

function backlogError(): Error {
  return new Error("too many datagrams wait to be sent");
}
