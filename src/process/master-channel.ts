/** The worker's end of the channel to its master. */

import type { SendHandle } from "node:child_process";
import type { Socket } from "node:net";
import type { MasterMessage, WorkerMessage } from "./worker-messages.ts";

/** Tells a started process that it is a worker; taken out of the environment when read. */
export const WORKER_ENV = "FOREGATE_WORKER";

export interface MasterChannel {
  readonly tell: (message: WorkerMessage) => void;
  /** Settles when the socket is the master's. */
  readonly give: (message: WorkerMessage, socket: Socket) => Promise<void>;
  /** `onGone`: the master has ended without a word. */
  readonly listen: (onMessage: (message: MasterMessage, socket: SendHandle | undefined) => void, onGone: () => void) => void;
}

/** Undefined in a process that is not a worker. */
export function findMasterChannel(): MasterChannel | undefined {
  if (process.env[WORKER_ENV] === undefined || process.send === undefined) return undefined;
  delete process.env[WORKER_ENV];
  return {
    // A master that is gone hears nothing; `onGone` tells of that.
    tell: (message) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => {});
    },
    give: (message, socket) =>
      new Promise((resolve) => {
        if (process.connected && process.send !== undefined) process.send(message, socket, undefined, () => resolve());
        else resolve();
      }),
    listen: (onMessage, onGone) => {
      process.on("message", (message: MasterMessage, handle: SendHandle | undefined) => onMessage(message, handle));
      // It may have gone while this program loaded.
      if (process.connected) process.once("disconnect", onGone);
      else onGone();
    },
  };
}
