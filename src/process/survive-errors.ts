/** No error ends the serving process: what nobody caught is logged whole at [alert], and the process goes on. */

import type { ErrorLog } from "../log/error-log.ts";

/** To be called once a process serves. While it starts, an error that nobody caught ends it, as it should. */
export function surviveErrors(log: ErrorLog): void {
  process.on("uncaughtException", (error) => writeAlert(log, "uncaught exception", error));
  process.on("unhandledRejection", (reason) => writeAlert(log, "unhandled rejection", reason));
}

function writeAlert(log: ErrorLog, kind: string, error: unknown): void {
  try {
    log.write("alert", undefined, `${kind}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  } catch {
    // The log itself may be what failed; an error thrown here would end the process.
  }
}
