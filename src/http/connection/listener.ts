/** A bound socket: accepts connections and gives each the virtual hosts of the address it came to. */

import { createServer, type Server, type Socket } from "node:net";
import type { ConnectionBudget } from "../../net/connection-budget.ts";
import type { Deadlines } from "../../net/deadlines.ts";
import type { ConnectionHost } from "./connection-host.ts";
import { openConnection } from "./connection-opening.ts";
import { OpenConnections } from "./open-connections.ts";

/** Where a listener binds; one of `path` and `port`. */
export interface BindAddress {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly path: string | undefined;
  readonly ipv6Only: boolean;
  readonly backlog: number;
  /** TCP keep-alive probes to clients begin after this time, 0: the system's; undefined: there are none. */
  readonly keepAliveDelayMs: number | undefined;
}

export interface ListenerOptions {
  readonly bind: BindAddress;
  readonly deadlines: Deadlines;
  readonly budget: ConnectionBudget;
  /** The budget is spent: closes an idle connection of this worker, or answers that there is none. */
  readonly makeRoom: () => boolean;
  /** The next connection's serial number. */
  readonly nextSerial: () => number;
  /** An error of the listening socket itself (too many open files): logged, never thrown. */
  readonly onError: (error: Error) => void;
}

export class Listener {
  readonly bind: BindAddress;
  /** By local address, for sockets bound to a wildcard that also serve `listen 127.0.0.1:80`; `defaultHost` for all others. */
  hostsByAddress: ReadonlyMap<string, ConnectionHost> = new Map();
  defaultHost: ConnectionHost;
  private readonly server: Server;
  private readonly options: ListenerOptions;
  private readonly connections: OpenConnections;
  /** Settles when the socket is closed and the last connection is gone. */
  readonly closed: Promise<void>;

  constructor(options: ListenerOptions, defaultHost: ConnectionHost) {
    this.bind = options.bind;
    this.options = options;
    this.defaultHost = defaultHost;
    this.connections = new OpenConnections(options.budget);
    const { keepAliveDelayMs } = options.bind;
    const keepAlive = keepAliveDelayMs === undefined ? {} : { keepAlive: true, keepAliveInitialDelay: keepAliveDelayMs };
    this.server = createServer({ allowHalfOpen: true, noDelay: true, ...keepAlive }, (socket) => this.accept(socket));
    // net.Server emits "close" once its connections have ended, too.
    this.closed = new Promise((resolve) => this.server.once("close", resolve));
    void this.closed.then(() => this.connections.release());
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  /** Resolves once connections are accepted; rejects with the system's error (EADDRINUSE, EACCES). `fd` is a socket that is bound already. */
  async listen(fd?: number): Promise<void> {
    const { host, port, path, ipv6Only, backlog } = this.bind;
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      const onListening = (): void => {
        this.server.off("error", reject);
        this.server.on("error", this.options.onError);
        resolve();
      };
      const address = path === undefined ? { host, port, ipv6Only } : { path };
      // Node.js heeds the backlog beside a descriptor only as an argument of its own.
      if (fd !== undefined) this.server.listen({ fd }, backlog, onListening);
      else this.server.listen({ ...address, backlog, exclusive: true }, onListening);
    });
  }

  /** Accepts no more; idle connections close after `idleGraceMs`, others after their answer. */
  drain(idleGraceMs: number): void {
    this.server.close();
    for (const host of [this.defaultHost, ...this.hostsByAddress.values()]) {
      host.isDraining = true;
      host.idleGraceMs = idleGraceMs;
    }
    this.connections.drain();
  }

  /** Cuts everything. */
  destroy(): void {
    this.server.close();
    this.connections.destroy();
  }

  /** Closes a connection that waits for its next request; false when none was found. */
  closeIdle(): boolean {
    return this.connections.closeIdle();
  }

  private accept(socket: Socket): void {
    const { budget, makeRoom } = this.options;
    budget.accepted++;
    if (budget.isSpent && !makeRoom()) {
      socket.destroy();
      return;
    }
    budget.handled++;
    const isUnix = this.bind.path !== undefined;
    const localAddress = isUnix ? `unix:${this.bind.path}` : withoutZone(socket.localAddress ?? "");
    const host = this.hostsByAddress.get(localAddress) ?? this.defaultHost;
    const info = {
      serial: this.options.nextSerial(),
      remoteAddress: isUnix ? "unix:" : withoutZone(socket.remoteAddress ?? ""),
      remotePort: isUnix ? "" : String(socket.remotePort ?? ""),
      localAddress,
      localPort: isUnix ? "" : String(this.bind.port ?? ""),
      requests: 0,
      isPipelined: false,
      openedAtMs: performance.now(),
      tls: undefined,
      isPlainOnTls: false,
      proxyHeader: undefined,
    };
    openConnection(socket, host, info, this.connections);
  }
}

/** An IPv4 client of a dual-stack socket shows as "::ffff:1.2.3.4", as in nginx: kept. Scope ids are cut. */
function withoutZone(address: string): string {
  const zone = address.indexOf("%");
  return zone < 0 ? address : address.slice(0, zone);
}
