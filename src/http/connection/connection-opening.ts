/** From an accepted socket to the connection that serves it: PROXY protocol header, TLS, then HTTP/2 or HTTP/1.x, each where the address says so. */

import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ConnectionCount } from "../../net/connection-figures.ts";
import type { ProxyHeader } from "../../net/proxy-protocol.ts";
import type { ConnectionInfo } from "../connection-info.ts";
import type { TlsInfo } from "../tls-info.ts";
import { ClientConnection } from "./client-connection.ts";
import type { ConnectionHost } from "./connection-host.ts";
import { Http2Connection } from "./http2/http2-connection.ts";
import { readPreface } from "./http2/read-preface.ts";
import type { OpenConnection } from "./open-connection.ts";
import type { OpenConnections } from "./open-connections.ts";
import { readProxyHeader } from "./read-proxy-header.ts";
import { startTls } from "./tls/start-tls.ts";

/** What one step of the way needs: the next step is called at most once, and never behind `failed`. */
export interface OpeningStep {
  readonly socket: Socket;
  readonly host: ConnectionHost;
  readonly info: ConnectionInfo;
}

/** Serves an accepted connection. `connections` holds it as long as it lives, under whatever form it has by then. */
export function openConnection(socket: Socket, host: ConnectionHost, info: ConnectionInfo, connections: OpenConnections): void {
  const { protocols } = host;
  if (protocols.ssl || protocols.http2 || protocols.proxyProtocol) new ConnectionOpening(socket, host, info, connections);
  else serveHttp1(socket, socket, host, info, connections);
}

function serveHttp1(socket: Socket, wire: Socket, host: ConnectionHost, info: ConnectionInfo, connections: OpenConnections): void {
  connections.add(new ClientConnection(socket, wire, host, info, (connection) => connections.delete(connection)));
}

class ConnectionOpening implements OpenConnection, OpeningStep {
  readonly socket: Socket;
  readonly host: ConnectionHost;
  readonly info: ConnectionInfo;
  private readonly connections: OpenConnections;
  private readonly onError = (): void => this.destroy();
  private readonly onClose = (): void => {
    this.connections.delete(this);
  };

  constructor(socket: Socket, host: ConnectionHost, info: ConnectionInfo, connections: OpenConnections) {
    this.socket = socket;
    this.host = host;
    this.info = info;
    this.connections = connections;
    connections.add(this);
    socket.on("error", this.onError);
    socket.on("close", this.onClose);
    if (host.protocols.proxyProtocol) readProxyHeader(this, (header) => this.proxied(header));
    else this.secure();
  }

  /** Nothing has been asked yet: there is nothing to finish. A reload waits for what is about to be asked, as on open connections. */
  drain(): void {
    if (this.host.idleGraceMs === 0) this.destroy();
  }

  closeIfIdle(): boolean {
    return false;
  }

  countIn(count: ConnectionCount): void {
    count.waiting++;
  }

  destroy(): void {
    this.socket.destroy();
  }

  private proxied(header: ProxyHeader): void {
    this.info.proxyHeader = header;
    this.secure();
  }

  private secure(): void {
    if (!this.host.protocols.ssl) {
      this.choose(this.socket);
      return;
    }
    startTls(this, {
      secured: (socket, tls, protocol) => this.secured(socket, tls, protocol),
      plain: () => {
        this.info.isPlainOnTls = true;
        this.handOver(this.socket, "http/1.1");
      },
    });
  }

  private secured(socket: TLSSocket, tls: TlsInfo, protocol: "h2" | "http/1.1"): void {
    this.info.tls = tls;
    // A client that knows what is spoken needs no ALPN, in TLS as in the clear.
    if (protocol === "h2") this.handOver(socket, "h2");
    else this.choose(socket);
  }

  /** Without ALPN the first bytes tell: HTTP/2 begins with a preface that is no request. */
  private choose(socket: Socket): void {
    if (this.host.protocols.http2) readPreface(socket, this, (protocol) => this.handOver(socket, protocol));
    else this.handOver(socket, "http/1.1");
  }

  private handOver(socket: Socket, protocol: "h2" | "http/1.1"): void {
    const { host, info, connections } = this;
    this.socket.off("error", this.onError);
    this.socket.off("close", this.onClose);
    connections.delete(this);
    if (protocol === "http/1.1") {
      serveHttp1(socket, this.socket, host, info, connections);
      // A step that looked at bytes may have paused it.
      socket.resume();
      return;
    }
    connections.add(new Http2Connection(socket, host, info, (connection) => connections.delete(connection)));
  }
}
