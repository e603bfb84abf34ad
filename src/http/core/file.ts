/** What core decides about answers from files, and how the file system is asked (nginx: ngx_http_core_module, ngx_http_static_module). */

import { type Stats, statSync } from "node:fs";
import { defineDirectives, one } from "../../config/define-directives.ts";
import { count, flag, oneOf } from "../../config/values.ts";
import { describeSystemError } from "../../log/system-error.ts";
import type { RequestContext } from "../request-context.ts";
import { logRequestError } from "../request-log.ts";
import { disableSymlinksDirectives } from "./disable-symlinks.ts";

export const fileDirectives = defineDirectives({
  ...disableSymlinksDirectives,
  log_not_found: one({ in: ["http", "server", "location"], value: flag(), default: true }),
  etag: one({ in: ["http", "server", "location"], value: flag(), default: true }),
  if_modified_since: one({ in: ["http", "server", "location"], value: oneOf("off", "exact", "before"), default: "exact" as const }),
  max_ranges: one({ in: ["http", "server", "location"], value: count() }),
});

/** Failures of the file system that mean "not found" or "forbidden"; all others are the server's own trouble. */
const NOT_FOUND: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"]);
/** Links in a circle and links that `disable_symlinks` forbids give the same. */
const FORBIDDEN: ReadonlySet<string | undefined> = new Set(["EACCES", "ELOOP", "EMLINK"]);

const QUIETLY = { throwIfNoEntry: false } as const;

const NOT_ASCII = /[^\x01-\x7f]/;

/** Paths inside the server hold one character per byte; what Node.js calls a path string is UTF-8. */
export function systemPath(path: string): string | Buffer {
  return NOT_ASCII.test(path) ? Buffer.from(path, "latin1") : path;
}

/** What is there, links followed. Undefined: nothing (ENOENT or ENOTDIR: `explainMissing` tells which); an error for everything else. */
export function findFile(path: string): Stats | undefined | NodeJS.ErrnoException {
  try {
    return statSync(systemPath(path), QUIETLY);
  } catch (error) {
    return asSystemError(error);
  }
}

/** The error that `findFile` spared itself, for a log line. */
export function explainMissing(path: string): NodeJS.ErrnoException {
  try {
    statSync(systemPath(path));
  } catch (error) {
    return asSystemError(error);
  }
  // It has appeared in between.
  const error: NodeJS.ErrnoException = new Error("ENOENT: no such file or directory");
  error.code = "ENOENT";
  error.errno = -2;
  return error;
}

/** Rethrows what no file system call throws. A NUL in a path is refused before the system is asked. */
export function asSystemError(error: unknown): NodeJS.ErrnoException {
  if (error instanceof Error && isSystemError(error)) return error;
  throw error;
}

function isSystemError(error: NodeJS.ErrnoException): boolean {
  return error.errno !== undefined || error.code === "ERR_INVALID_ARG_VALUE";
}

/** The status that a failure to open a file is answered with, after its log line. */
export function refuseFile(r: RequestContext, path: string, error: NodeJS.ErrnoException, logNotFound: boolean): number {
  const status = meansNotFound(error) ? 404 : isForbidden(error) ? 403 : 500;
  if (status !== 404 || logNotFound) {
    logRequestError(r, status === 500 ? "crit" : "error", `open() "${path}" failed (${describeSystemError(error)})`);
  }
  return status;
}

/** True for the failures that mean that a file may not be opened. */
export function isForbidden(error: NodeJS.ErrnoException): boolean {
  return FORBIDDEN.has(error.code);
}

/** True for the failures that only mean that a candidate is not there. */
export function meansNotFound(error: NodeJS.ErrnoException): boolean {
  return NOT_FOUND.has(error.code) || error.code === "ERR_INVALID_ARG_VALUE";
}
