/** What is in a directory, for modules that answer requests for one (nginx: ngx_http_autoindex_module, ngx_http_random_index_module). */

import type { Stats } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { describeSystemError } from "../../log/system-error.ts";
import type { RequestContext } from "../request-context.ts";
import { logRequestError } from "../request-log.ts";
import { asSystemError, meansNotFound, systemPath } from "./file.ts";

/** One entry, links followed. */
export interface DirectoryEntry {
  /** One character per byte. */
  readonly name: string;
  readonly kind: "directory" | "file" | "other";
  readonly bytes: number;
  readonly modifiedSeconds: number;
}

/** How many entries are looked at before others get the file system's threads. */
const LOOKS_AT_ONCE = 64;

/** The entries of a directory but those that begin with a dot, in no order. The path ends in a slash. Throws what the system says. */
export async function readEntries(path: string): Promise<readonly DirectoryEntry[]> {
  const names = (await readdir(systemPath(path), { encoding: "latin1" })).filter((name) => !name.startsWith("."));
  const entries: DirectoryEntry[] = [];
  for (let start = 0; start < names.length; start += LOOKS_AT_ONCE) {
    const looks = names.slice(start, start + LOOKS_AT_ONCE).map((name) => lookAt(path, name));
    for (const entry of await Promise.all(looks)) if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

/** The status for a directory that cannot be read, after its log line. */
export function refuseDirectory(r: RequestContext, path: string, error: NodeJS.ErrnoException): number {
  const status = meansNotFound(error) ? 404 : error.code === "EACCES" ? 403 : 500;
  logRequestError(r, status === 500 ? "crit" : "error", `opendir() "${path}" failed (${describeSystemError(error)})`);
  return status;
}

/** Undefined for what may not be looked at. A link that leads nowhere is an entry of its own. */
async function lookAt(directory: string, name: string): Promise<DirectoryEntry | undefined> {
  const path = systemPath(directory + name);
  try {
    return entryOf(name, await stat(path));
  } catch (thrown) {
    const error = asSystemError(thrown);
    if (error.code === "EACCES") return undefined;
    if (error.code !== "ENOENT" && error.code !== "ELOOP") throw error;
  }
  try {
    return entryOf(name, await lstat(path));
  } catch (thrown) {
    // Removed since it was listed.
    if (asSystemError(thrown).code === "ENOENT") return undefined;
    throw thrown;
  }
}

function entryOf(name: string, stats: Stats): DirectoryEntry {
  const kind = stats.isDirectory() ? "directory" : stats.isFile() ? "file" : "other";
  return { name, kind, bytes: stats.size, modifiedSeconds: Math.floor(stats.mtimeMs / 1000) };
}
