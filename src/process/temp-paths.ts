/** Directories for bodies that do not fit in memory, made before the first request. */

import { mkdirSync } from "node:fs";
import { describeSystemError } from "../log/system-error.ts";
import { giveToUser, type SystemUser } from "./system-user.ts";

/** A directory that cannot be made, in nginx's words. */
export class TempPathError extends Error {
  override readonly name = "TempPathError";
}

/**
 * Makes those that are missing, readable by their owner alone, and gives all to the user that workers run as, if there is one. Throws a
 * TempPathError for the first that cannot be made or given.
 */
export function createTempPaths(paths: readonly string[], user: SystemUser | undefined): void {
  for (const path of paths) {
    attempt("mkdir()", path, () => makeDirectory(path));
    if (user !== undefined) attempt("chown()", path, () => giveToUser(path, user));
  }
}

/** What leads to it is everybody's to go through, as directories are. */
function makeDirectory(path: string): void {
  const parent = path.replace(/\/[^/]*\/*$/, "");
  if (parent !== "") mkdirSync(Buffer.from(parent, "latin1"), { recursive: true });
  mkdirSync(Buffer.from(path, "latin1"), { recursive: true, mode: 0o700 });
}

function attempt(call: string, path: string, act: () => void): void {
  try {
    act();
  } catch (cause) {
    throw new TempPathError(`${call} "${path}" failed (${describeSystemError(cause as NodeJS.ErrnoException)})`, { cause });
  }
}
