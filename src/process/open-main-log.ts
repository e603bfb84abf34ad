/** Opens the logs of the process itself. */

import type { LoadedConfig } from "../boot/load-config.ts";
import type { ErrorLog } from "../log/error-log.ts";
import { describeSystemError } from "../log/system-error.ts";
import type { ProcessServices } from "./services.ts";

/** A log of the main context that cannot be opened, in nginx's words. */
export class MainLogError extends Error {
  override readonly name = "MainLogError";
}

/** The log of the main context's `error_log` directives. Throws a MainLogError. */
export function openMainLog({ mainErrorLogs }: LoadedConfig, { errorLogs }: ProcessServices): ErrorLog {
  try {
    return errorLogs.open(mainErrorLogs);
  } catch (cause) {
    const paths = mainErrorLogs.map((target) => `"${target.path}"`).join(", ");
    throw new MainLogError(`open() ${paths} failed (${describeSystemError(cause as NodeJS.ErrnoException)})`, { cause });
  }
}
