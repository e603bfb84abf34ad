/** The listening sockets of a process and the snapshot they serve. Switching snapshots keeps the sockets that both have. */

import type { ConnectionHost } from "../http/connection/connection-host.ts";
import { Listener } from "../http/connection/listener.ts";
import type { ErrorLog } from "../log/error-log.ts";
import { describeSystemError } from "../log/system-error.ts";
import type { Deadlines } from "../net/deadlines.ts";
import type { CompiledHosts, CompiledSocket, Snapshot } from "./snapshot.ts";

export interface RuntimeEnvironment {
  readonly deadlines: Deadlines;
  readonly errorLog: ErrorLog;
}

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

export class Runtime {
  private readonly environment: RuntimeEnvironment;
  private readonly listeners = new Map<string, Listener>();
  private readonly draining = new Set<Listener>();
  private serial = 0;

  constructor(environment: RuntimeEnvironment) {
    this.environment = environment;
  }

  /** Addresses being served. */
  get addresses(): readonly string[] {
    return [...this.listeners.keys()];
  }

  /** Binds what is new, switches, and drains what is gone. Rejects with a BindError having changed nothing. */
  async apply(snapshot: Snapshot): Promise<void> {
    const opened = new Map<string, Listener>();
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
      if (socket === undefined) this.drainListener(key, listener);
      else this.serve(listener, socket);
    }
    for (const [key, listener] of opened) this.listeners.set(key, listener);
  }

  /** Accepts no more; resolves when the last connection is gone. */
  async drain(): Promise<void> {
    for (const [key, listener] of this.listeners) this.drainListener(key, listener);
    await Promise.all([...this.draining].map((listener) => listener.closed));
  }

  /** Cuts every connection. */
  destroy(): void {
    for (const listener of [...this.listeners.values(), ...this.draining]) listener.destroy();
    this.listeners.clear();
  }

  private createListener(socket: CompiledSocket): Listener {
    const { deadlines, errorLog } = this.environment;
    const listener = new Listener(
      {
        bind: socket.bind,
        deadlines,
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
    return { ...hostFields(compiled), isDraining: false, deadlines: this.environment.deadlines };
  }

  private drainListener(key: string, listener: Listener): void {
    this.listeners.delete(key);
    this.draining.add(listener);
    listener.drain();
    void listener.closed.then(() => this.draining.delete(listener));
  }
}

function hostFields({ hosts, headLimits, headRules }: CompiledHosts): Pick<ConnectionHost, "hosts" | "headLimits" | "headRules"> {
  return { hosts, headLimits, headRules };
}
