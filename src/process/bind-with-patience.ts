/** Binds at the start, waiting a little for a predecessor that is about to let go of an address (nginx: ngx_open_listening_sockets). */

import { BindError } from "../boot/runtime.ts";
import type { StartLog } from "./start-log.ts";

/** nginx tries five times, half a second apart. */
const TRIES_MAX = 5;
const RETRY_AFTER_MS = 500;

/** Calls `bind` until it no longer rejects with a BindError of a taken address. False when that stays so, or binding is refused: said in `startLog`. */
export async function bindWithPatience(bind: () => Promise<void>, startLog: StartLog): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      await bind();
      return true;
    } catch (error) {
      if (!(error instanceof BindError)) throw error;
      if (!isTaken(error) || tries === TRIES_MAX) {
        startLog.report("emerg", error.message);
        return false;
      }
      startLog.report("notice", `${error.message}, try again to bind() after ${RETRY_AFTER_MS}ms`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    }
  }
}

function isTaken(error: BindError): boolean {
  return (error.cause as NodeJS.ErrnoException).code === "EADDRINUSE";
}
