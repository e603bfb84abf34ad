/** Tells what the system refused a process, which its user can set right, from mistakes of the program. */

import { BindError } from "../boot/runtime.ts";
import { MainLogError } from "./open-main-log.ts";
import { PidFileError } from "./pid-file.ts";
import { SystemUserError } from "./system-user.ts";
import { TempPathError } from "./temp-paths.ts";

/** Workers that could not begin. */
export class WorkersError extends Error {
  override readonly name = "WorkersError";
}

const REFUSALS = [WorkersError, BindError, MainLogError, TempPathError, PidFileError, SystemUserError] as const;

export function isRefusal(error: unknown): error is Error {
  return REFUSALS.some((refusal) => error instanceof refusal);
}

/** The level and text to log an error with: a refusal in a line, a mistake of the program whole. */
export function describeFailure(error: unknown): { readonly level: "emerg" | "alert"; readonly message: string } {
  if (isRefusal(error)) return { level: "emerg", message: error.message };
  return { level: "alert", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
