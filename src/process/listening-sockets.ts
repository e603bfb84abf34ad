/** The master's sockets, by key: bound here, listened on by workers, and so never closed by the end of one (nginx: ngx_open_listening_sockets). */

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { BindError } from "../boot/runtime.ts";
import type { CompiledSocket } from "../boot/snapshot.ts";
import { bindWithPatience } from "./bind-with-patience.ts";
import { type BoundSocket, bindSocket } from "./bound-socket.ts";

export class ListeningSockets {
  private readonly bound: Map<string, BoundSocket>;

  /** `inherited` are those that this process was started with. */
  constructor(inherited: readonly BoundSocket[]) {
    this.bound = new Map(inherited.map((socket) => [socket.key, socket]));
  }

  get keys(): readonly string[] {
    return [...this.bound.keys()];
  }

  get all(): readonly BoundSocket[] {
    return [...this.bound.values()];
  }

  /**
   * Binds those that are not open yet. Workers that end may still have one for a moment: `onWait` hears of it. Rejects with a BindError, having
   * changed nothing.
   */
  open(wanted: readonly CompiledSocket[], onWait: (message: string) => void): Promise<void> {
    return bindWithPatience(() => this.bindMissing(wanted), onWait);
  }

  /** Closes all others for good. */
  keepOnly(wanted: ReadonlySet<string>): void {
    for (const [key, socket] of this.bound) {
      if (wanted.has(key)) continue;
      this.bound.delete(key);
      release(socket);
    }
  }

  /** To be called when the process ends, unless another one goes on serving on them. */
  releaseAll(): void {
    this.keepOnly(new Set());
  }

  private async bindMissing(wanted: readonly CompiledSocket[]): Promise<void> {
    const opened: BoundSocket[] = [];
    for (const { key, bind } of wanted) {
      if (this.bound.has(key)) continue;
      try {
        opened.push(bindSocket(key, { ...bind, host: await resolveHost(bind.host) }));
      } catch (error) {
        for (const socket of opened) release(socket);
        throw new BindError(key, error as NodeJS.ErrnoException);
      }
    }
    for (const socket of opened) this.bound.set(socket.key, socket);
  }
}

function release(socket: BoundSocket): void {
  socket.close();
  socket.removeFile();
}

/** `listen localhost:80`: nginx looks names up as it loads. */
async function resolveHost(host: string | undefined): Promise<string | undefined> {
  return host === undefined || isIP(host) !== 0 ? host : (await lookup(host)).address;
}
