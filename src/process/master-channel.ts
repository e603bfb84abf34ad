/** The worker's end of the channel to its master. */

import type { MasterMessage, WorkerMessage } from "./worker-messages.ts";

/** Tells a started process that it is a worker; taken out of the environment when read. */
export const WORKER_ENV = "FOREGATE_WORKER";

export interface MasterChannel {
  readonly tell: (message: WorkerMessage) => void;
  /** `onGone`: the master has ended without a word. */
  readonly listen: (onMessage: (message: MasterMessage) => void, onGone: () => void) => void;
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
    listen: (onMessage, onGone) => {
      process.on("message", onMessage);
      process.once("disconnect", onGone);
    },
  };
}
