/** Directories for bodies that do not fit in memory, made before the first request. */

import { mkdirSync } from "node:fs";
import { describeSystemError } from "../log/system-error.ts";

/** A directory that cannot be made, in nginx's words. */
export class TempPathError extends Error {
  override readonly name = "TempPathError";
}

/** Makes those that are missing, readable by their owner alone. Throws a TempPathError for the first that cannot be made. */
export function createTempPaths(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      mkdirSync(Buffer.from(path, "latin1"), { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new TempPathError(`mkdir() "${path}" failed (${describeSystemError(cause as NodeJS.ErrnoException)})`, { cause });
    }
  }
}
