/** The listening sockets of a process and the snapshot they serve. Switching snapshots keeps the sockets that both have. */

import type { ConnectionHost } from "../http/connection/connection-host.ts";
import { Listener } from "../http/connection/listener.ts";
import type { ErrorLog } from "../log/error-log.ts";
import { describeSystemError } from "../log/system-error.ts";
import type { ConnectionBudget } from "../net/connection-budget.ts";
import type { Deadlines } from "../net/deadlines.ts";
import type { CompiledHosts, CompiledSocket, Snapshot } from "./snapshot.ts";

export interface RuntimeEnvironment {
  readonly deadlines: Deadlines;
  readonly connections: ConnectionBudget;
  readonly errorLog: ErrorLog;
}

/** What a client that was just told "keep-alive" gets to send its next request to a process that is being replaced. */
const RETIRED_IDLE_MS = 1000;

/** A socket that could not be bound. */
export class BindError extends Error {
  override readonly name = "BindError";
  /** As in the configuration: "0.0.0.0:80". */
  readonly address: string;

  constructor(address: string, cause: NodeJS.ErrnoException) {
    super(`bind() to ${address} failed (${describeSystemError(cause)})`, { cause });
    this.address = address;
  }
}

/** nginx tells of connections it closed to make room once a second. */
const TOLD_EVERY_MS = 1000;

export class Runtime {
  private readonly environment: RuntimeEnvironment;
  private readonly listeners = new Map<string, Listener>();
  private readonly draining = new Set<Listener>();
  private serial = 0;
  private toldOfReuseAtMs = Number.NEGATIVE_INFINITY;

  constructor(environment: RuntimeEnvironment) {
    this.environment = environment;
    environment.connections.idle.add(this);
  }

  /** Addresses being served. */
  get addresses(): readonly string[] {
    return [...this.listeners.keys()];
  }

  /** Binds what is new, switches, and drains what is gone. Rejects with a BindError having changed nothing. */
  async apply(snapshot: Snapshot): Promise<void> {
    const opened = new Map<string, Listener>();
    // nginx: a listening socket takes one, too.
    this.environment.connections.limit(snapshot.main.worker_connections, snapshot.sockets.length);
    for (const socket of snapshot.sockets) {
      if (this.listeners.has(socket.key)) continue;
      const listener = this.createListener(socket);
      try {
        await listener.listen();
      } catch (error) {
        for (const each of opened.values()) each.destroy();
        throw new BindError(socket.key, error as NodeJS.ErrnoException);
      }
      opened.set(socket.key, listener);
    }
    const wanted = new Map(snapshot.sockets.map((socket) => [socket.key, socket]));
    for (const [key, listener] of this.listeners) {
      const socket = wanted.get(key);
      if (socket === undefined) this.drainListener(key, listener, 0);
      else this.serve(listener, socket);
    }
    for (const [key, listener] of opened) this.listeners.set(key, listener);
  }

  /** Serves a first snapshot on sockets that another process has bound: `fds` by their key. Rejects with a BindError. */
  async listen(snapshot: Snapshot, fds: ReadonlyMap<string, number>): Promise<void> {
    this.environment.connections.limit(snapshot.main.worker_connections, snapshot.sockets.length);
    for (const socket of snapshot.sockets) {
      const listener = this.createListener(socket);
      try {
        await listener.listen(fds.get(socket.key));
      } catch (error) {
        throw new BindError(socket.key, error as NodeJS.ErrnoException);
      }
      this.listeners.set(socket.key, listener);
    }
  }

  /** Accepts no more; resolves when the last connection is gone. */
  async drain(): Promise<void> {
    for (const [key, listener] of this.listeners) this.drainListener(key, listener, 0);
    await Promise.all([...this.draining].map((listener) => listener.closed));
  }

  /**
   * As `drain`, for another process that serves on the same sockets: connections without a request may send one more for a moment, since it
   * may be under way, and are served by `snapshot` then, where that has their address. Without one all stays as it is for them.
   */
  async retire(snapshot: Snapshot | undefined): Promise<void> {
    for (const socket of snapshot?.sockets ?? []) {
      const listener = this.listeners.get(socket.key);
      if (listener !== undefined) this.serve(listener, socket);
    }
    for (const [key, listener] of this.listeners) this.drainListener(key, listener, RETIRED_IDLE_MS);
    await Promise.all([...this.draining].map((listener) => listener.closed));
  }

  /** Cuts every connection. */
  destroy(): void {
    for (const listener of [...this.listeners.values(), ...this.draining]) listener.destroy();
    this.listeners.clear();
  }

  /** Of a client that is between two requests. */
  closeIdle(): boolean {
    for (const listener of this.listeners.values()) {
      if (!listener.closeIdle()) continue;
      const { connections, errorLog } = this.environment;
      const now = performance.now();
      if (now - this.toldOfReuseAtMs >= TOLD_EVERY_MS) {
        this.toldOfReuseAtMs = now;
        errorLog.write("warn", undefined, `${connections.workerConnections} worker_connections are not enough, reusing connections`);
      }
      return true;
    }
    return false;
  }

  private createListener(socket: CompiledSocket): Listener {
    const { deadlines, connections, errorLog } = this.environment;
    const listener = new Listener(
      {
        bind: socket.bind,
        deadlines,
        budget: connections,
        makeRoom: () => this.makeRoom(),
        nextSerial: () => ++this.serial,
        onError: (error) => errorLog.write("alert", undefined, `accept() failed on ${socket.key}: ${error.message}`),
      },
      this.createHost(socket.defaultHosts),
    );
    listener.hostsByAddress = this.createHosts(socket.hostsByAddress);
    return listener;
  }

  /** Gives a socket that goes on listening the servers of another snapshot: open connections see them with their next request. */
  private serve(listener: Listener, socket: CompiledSocket): void {
    Object.assign(listener.defaultHost, hostFields(socket.defaultHosts));
    const former = listener.hostsByAddress;
    const hosts = this.createHosts(socket.hostsByAddress);
    for (const [address, host] of former) Object.assign(host, hostFields(socket.hostsByAddress.get(address) ?? socket.defaultHosts));
    listener.hostsByAddress = new Map([...hosts].map(([address, host]) => [address, former.get(address) ?? host]));
  }

  private createHosts(compiled: ReadonlyMap<string, CompiledHosts>): ReadonlyMap<string, ConnectionHost> {
    return new Map([...compiled].map(([address, hosts]) => [address, this.createHost(hosts)]));
  }

  private createHost(compiled: CompiledHosts): ConnectionHost {
    return { ...hostFields(compiled), isDraining: false, idleGraceMs: 0, deadlines: this.environment.deadlines };
  }

  /** nginx: ngx_get_connection, ngx_drain_connections. */
  private makeRoom(): boolean {
    const { connections, errorLog } = this.environment;
    if (connections.makeRoom()) return true;
    errorLog.write("alert", undefined, `${connections.workerConnections} worker_connections are not enough`);
    return false;
  }

  private drainListener(key: string, listener: Listener, idleGraceMs: number): void {
    this.listeners.delete(key);
    this.draining.add(listener);
    listener.drain(idleGraceMs);
    void listener.closed.then(() => this.draining.delete(listener));
  }
}

function hostFields({ hosts, headLimits, headRules, protocols }: CompiledHosts): CompiledHosts {
  return { hosts, headLimits, headRules, protocols };
}
