/** Binds, waiting a little for a predecessor that is about to let go of an address (nginx: ngx_open_listening_sockets). */

import { BindError } from "../boot/runtime.ts";

/** nginx tries five times, half a second apart. */
const TRIES_MAX = 5;
const RETRY_AFTER_MS = 500;

/** Calls `bind` until it no longer rejects with a BindError of a taken address, or rejects as the last try did. `onWait` hears of each wait. */
export async function bindWithPatience(bind: () => Promise<void>, onWait: (message: string) => void): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await bind();
      return;
    } catch (error) {
      if (!(error instanceof BindError) || !isTaken(error) || tries === TRIES_MAX) throw error;
      onWait(`${error.message}, try again to bind() after ${RETRY_AFTER_MS}ms`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    }
  }
}

function isTaken(error: BindError): boolean {
  return (error.cause as NodeJS.ErrnoException).code === "EADDRINUSE";
}
