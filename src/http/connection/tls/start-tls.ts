/**
 * The server's side of a TLS handshake (nginx: ngx_http_ssl_handshake). The client's first message is read before OpenSSL gets it, so that the
 * virtual server is known from the start: its context, its protocols and its sessions hold for the whole handshake, and no callback is needed.
 */

import { type SecureContext, TLSSocket } from "node:tls";
import type { LogLevel } from "../../../log/error-log.ts";
import type { Deadline } from "../../../net/deadlines.ts";
import { isOpensslError } from "../../../net/tls/openssl-text.ts";
import type { TlsInfo } from "../../tls-info.ts";
import type { OpeningStep } from "../connection-opening.ts";
import { logOpeningError } from "../opening-log.ts";
import { alertRecord } from "./alert.ts";
import { chooseServer } from "./choose-server.ts";
import { type ClientHello, NO_HELLO, readClientHello } from "./client-hello.ts";
import { describeFailure } from "./handshake-failure.ts";
import { NegotiatedTls, offeredTls } from "./negotiated-tls.ts";
import type { ServerTls } from "./server-tls.ts";

export interface TlsSteps {
  secured(socket: TLSSocket, tls: TlsInfo, protocol: "h2" | "http/1.1"): void;
  /** The first byte is none of TLS: it, and all behind it, is back in the socket. */
  plain(): void;
}

const HANDSHAKE_RECORD = 22;
/** An SSLv2 hello begins with a length whose first bit is set: OpenSSL refuses it properly. */
const SSLV2_BIT = 0x80;
/** RFC 7301, as on the wire. nginx offers the older HTTP versions as well. */
const HTTP1_PROTOCOLS = Buffer.from("\x08http/1.1\x08http/1.0\x08http/0.9", "latin1");
const HTTP2_PROTOCOLS = Buffer.concat([Buffer.from("\x02h2", "latin1"), HTTP1_PROTOCOLS]);
/** The most that a TLS record carries, which is OpenSSL's default. */
const RECORD_BYTES_MAX = 16_384;
/** Calls one of `steps`; a handshake that fails or takes longer than client_header_timeout closes the socket and is logged. */
export function startTls(step: OpeningStep, steps: TlsSteps): void {
  new Handshake(step, steps);
}

class Handshake {
  private readonly step: OpeningStep;
  private readonly steps: TlsSteps;
  private readonly deadline: Deadline;
  private gathered: Buffer | undefined = undefined;
  private neededBytes = 1;
  private secure: TLSSocket | undefined = undefined;
  private isOver = false;
  private readonly onData = (chunk: Buffer): void => this.receive(chunk);
  private readonly onEnd = (): void => this.fail("info", "client closed connection");
  private readonly onClose = (): void => this.closed();

  constructor(step: OpeningStep, steps: TlsSteps) {
    this.step = step;
    this.steps = steps;
    this.deadline = step.host.deadlines.create(() => this.fail("info", "client timed out (110: Connection timed out)"));
    this.deadline.set(step.host.hosts.defaultServer.connection.headerTimeoutMs);
    const { socket } = step;
    socket.on("data", this.onData);
    socket.on("end", this.onEnd);
    socket.on("close", this.onClose);
    // A step before this one may have paused it.
    socket.resume();
  }

  private receive(chunk: Buffer): void {
    this.gathered = this.gathered === undefined ? chunk : Buffer.concat([this.gathered, chunk]);
    if (this.gathered.length < this.neededBytes) return;
    const [first = 0] = this.gathered;
    if (first !== HANDSHAKE_RECORD && (first & SSLV2_BIT) === 0) {
      this.giveBack();
      this.end();
      this.steps.plain();
      return;
    }
    const hello = readClientHello(this.gathered);
    if (typeof hello === "number") {
      this.neededBytes = hello;
      return;
    }
    this.giveBack();
    this.choose(hello ?? NO_HELLO);
  }

  /** What has been read goes back: whoever takes the socket over finds it there. */
  private giveBack(): void {
    const { socket } = this.step;
    socket.off("data", this.onData);
    socket.off("end", this.onEnd);
    socket.pause();
    if (this.gathered !== undefined) socket.unshift(this.gathered);
    this.gathered = undefined;
  }

  private choose(hello: ClientHello): void {
    const { hosts, protocols } = this.step.host;
    const { server, tls, negotiatedName } = chooseServer(hosts, hello.serverName);
    if (tls === undefined) {
      this.refuse("unrecognized_name", "info", "SSL_do_handshake() failed (SSL: error:0A0000EA:SSL routines::callback failed)");
      return;
    }
    // Certificates named by variables see what the client has asked for.
    this.step.info.tls = offeredTls(hello, negotiatedName, tls);
    const context = tls.contextFor(this.step.info, server, hello);
    this.step.info.tls = undefined;
    if (typeof context === "string") {
      this.refuse("internal_error", "error", context);
      return;
    }
    const isHttp2 = protocols.http2 || server.connection.http2;
    this.shake(hello, negotiatedName, tls, context, isHttp2 ? HTTP2_PROTOCOLS : HTTP1_PROTOCOLS);
  }

  private shake(hello: ClientHello, negotiatedName: string, server: ServerTls, context: SecureContext, alpn: Buffer): void {
    const { socket } = this.step;
    const owner = (hello.offersTls13 ? undefined : server.sessionOwner) ?? (hello.wantsOcspResponse ? server.stapleOwner : undefined);
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext: context,
      requestCert: server.verifyClient !== "off",
      rejectUnauthorized: false,
      ALPNProtocols: alpn,
      ...(owner === undefined ? {} : { server: owner }),
    });
    this.secure = secure;
    // Errors of a wrapped socket are the TLSSocket's; were there one all the same, it must not be unhandled.
    socket.on("error", () => socket.destroy());
    secure.on("error", (error) => this.failed(error));
    // Node tells of what OpenSSL finds wrong this way as long as no tls.Server has released the socket, also after the handshake.
    secure.on("_tlsError", (error: Error) => this.failed(error));
    if (server.recordBytesMax < RECORD_BYTES_MAX) secure.setMaxSendFragment(server.recordBytesMax);
    secure.once("end", this.onClose);
    secure.once("secure", () => {
      if (this.isOver) return;
      this.end();
      secure.off("end", this.onClose);
      const protocol = secure.alpnProtocol === "h2" ? "h2" : "http/1.1";
      this.steps.secured(secure, new NegotiatedTls(secure, hello, negotiatedName, server), protocol);
    });
  }

  /** An error of the handshake, or of what follows it. */
  private failed(error: Error): void {
    const { host, info } = this.step;
    if (this.isOver) {
      const { level, message } = describeFailure(error, "SSL_read");
      if (isOpensslError(error) && this.secure?.destroyed !== true) logOpeningError(host, info, level, message);
      this.secure?.destroy();
      return;
    }
    const { level, message } = describeFailure(error, "SSL_do_handshake");
    this.fail(level, message);
  }

  private refuse(alert: Parameters<typeof alertRecord>[0], level: "info" | "error", message: string): void {
    this.step.socket.write(alertRecord(alert));
    this.fail(level, message);
  }

  private fail(level: LogLevel, message: string): void {
    if (this.isOver) return;
    this.end();
    const { host, info, socket } = this.step;
    logOpeningError(host, info, level, `${message} while SSL handshaking`);
    // An alert of OpenSSL's has been written by now; one of ours is on its way.
    if (this.secure !== undefined) this.secure.destroy();
    else socket.destroySoon();
  }

  /** The client went away in the middle of it. */
  private closed(): void {
    if (this.isOver) return;
    const { host, info } = this.step;
    this.end();
    const message = this.secure === undefined ? "client closed connection" : "peer closed connection in SSL handshake";
    logOpeningError(host, info, "info", `${message} while SSL handshaking`);
    this.step.socket.destroy();
  }

  private end(): void {
    this.isOver = true;
    this.deadline.remove();
    this.step.socket.off("close", this.onClose);
  }
}
