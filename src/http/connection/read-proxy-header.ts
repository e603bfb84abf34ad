/** Reads the PROXY protocol header that a connection begins with (nginx: ngx_http_wait_request_handler, ngx_proxy_protocol_read). */

import type { Socket } from "node:net";
import type { Deadline } from "../../net/deadlines.ts";
import { type ProxyHeader, parseProxyHeader } from "../../net/proxy-protocol.ts";
import type { OpeningStep } from "./connection-opening.ts";
import { logOpeningError } from "./opening-log.ts";

/**
 * Calls `next` with the header; bytes behind it go back to the socket, which is paused. Without a valid header within client_header_timeout the
 * socket closes. A header may come in parts, as proxy-protocol.txt allows: nginx takes it in one piece only.
 */
export function readProxyHeader(step: OpeningStep, next: (header: ProxyHeader) => void): void {
  new ProxyHeaderReader(step, next);
}

class ProxyHeaderReader {
  private readonly step: OpeningStep;
  private readonly socket: Socket;
  private readonly next: (header: ProxyHeader) => void;
  private readonly deadline: Deadline;
  private input: Buffer | undefined = undefined;
  private readonly onData = (chunk: Buffer): void => this.receive(chunk);
  private readonly onEnd = (): void => this.clientEnds();
  private readonly onClose = (): void => this.deadline.remove();

  constructor(step: OpeningStep, next: (header: ProxyHeader) => void) {
    this.step = step;
    this.socket = step.socket;
    this.next = next;
    this.deadline = step.host.deadlines.create(() => this.fail("info", "client timed out (110: Connection timed out)"));
    this.deadline.set(step.host.hosts.defaultServer.connection.headerTimeoutMs);
    this.socket.on("data", this.onData);
    this.socket.on("end", this.onEnd);
    this.socket.on("close", this.onClose);
  }

  private receive(chunk: Buffer): void {
    this.input = this.input === undefined ? chunk : Buffer.concat([this.input, chunk]);
    const outcome = parseProxyHeader(this.input);
    if (outcome === "incomplete") return;
    if (outcome.kind === "refused") {
      this.fail("error", outcome.reason);
      return;
    }
    this.leave();
    this.socket.pause();
    if (outcome.end < this.input.length) this.socket.unshift(this.input.subarray(outcome.end));
    this.next(outcome.header);
  }

  private clientEnds(): void {
    // Balancers see whether we are up by connecting: that is no mistake.
    if (this.input === undefined) this.fail("info", "client closed connection");
    else this.fail("error", `broken header: "${this.input.toString("latin1")}"`);
  }

  private fail(level: "error" | "info", message: string): void {
    const { host, info, socket } = this.step;
    this.leave();
    logOpeningError(host, info, level, `${message} while reading PROXY protocol`);
    socket.destroy();
  }

  private leave(): void {
    this.deadline.remove();
    this.socket.off("data", this.onData);
    this.socket.off("end", this.onEnd);
    this.socket.off("close", this.onClose);
  }
}
