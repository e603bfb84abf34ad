/** The pid file (nginx: the `pid` directive): appears whole, and is removed by the process that wrote it. */

import { lstatSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { SERVER_NAME } from "../http/server-identity.ts";
import { describeSystemError } from "../log/system-error.ts";

/** Where no `pid` directive says anything (nginx: logs/nginx.pid). */
const DEFAULT_PID_PATH = `logs/${SERVER_NAME}.pid`;

/** The pid file's path under the `pid` directive's argument, if there is one. */
export function pidPathOf(argument: string | undefined, prefix: string): string {
  const path = argument ?? DEFAULT_PID_PATH;
  return path.startsWith("/") ? path : prefix + path;
}

/** A pid file that cannot be read or written, in nginx's words. */
export class PidFileError extends Error {
  override readonly name = "PidFileError";
}

/** Written beside and renamed, so that a reader never sees it half. Throws a PidFileError. */
export function writePidFile(path: string, pid: number): void {
  const target = Buffer.from(path, "latin1");
  const beside = Buffer.from(`${path}.${pid}`, "latin1");
  try {
    if (isSpecial(target)) {
      writeFileSync(target, `${pid}\n`);
      return;
    }
    writeFileSync(beside, `${pid}\n`);
    renameSync(beside, target);
  } catch (error) {
    throw openFailed(path, error);
  }
}

/** Removes the file if it still holds this pid: another process may have written its own there. */
export function removePidFile(path: string, pid: number): void {
  const target = Buffer.from(path, "latin1");
  try {
    if (!isSpecial(target) && readFileSync(target, "latin1").trim() === String(pid)) unlinkSync(target);
  } catch {
    // Gone already, or not ours to remove: nothing depends on it.
  }
}

/** The pid in the file. Throws a PidFileError. */
export function readPidFile(path: string): number {
  let text: string;
  try {
    text = readFileSync(Buffer.from(path, "latin1"), "latin1");
  } catch (error) {
    throw openFailed(path, error);
  }
  const digits = text.replace(/[\r\n]+$/, "");
  if (!/^[1-9]\d{0,9}$/.test(digits)) throw new PidFileError(`invalid PID number "${digits}" in "${path}"`);
  return Number(digits);
}

/** `pid /dev/null;` is written to, never replaced. */
function isSpecial(path: Buffer): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isSymbolicLink();
}

function openFailed(path: string, cause: unknown): PidFileError {
  return new PidFileError(`open() "${path}" failed (${describeSystemError(cause as NodeJS.ErrnoException)})`, { cause });
}
