/**
 * Whether a path was followed through links that `disable_symlinks` forbids. A file is opened first and judged then, by its descriptor: what is
 * sent is what was judged, whatever happens to the path meanwhile.
 *
 * For `on` Linux says where an open file really is (/proc/self/fd), so that no change of the path can deceive. `if_not_owner` looks at the links
 * one by one and then whether the path still leads to the open file; one who can replace directories at the right moments may pass it.
 */

import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { constants as systemConstants } from "node:os";
import { posix } from "node:path";
import type { LinkRule } from "../core/disable-symlinks.ts";
import { asSystemError, findFile, systemPath } from "../core/file.ts";
import type { RequestContext } from "../request-context.ts";

/** Linux's flag to open a path without the right to read it; Node.js has no name for it. */
const O_PATH = 0o10000000;

const ERRNO = { ELOOP: systemConstants.errno.ELOOP, ENOTDIR: systemConstants.errno.ENOTDIR } as const;

const LOOK_FLAGS = process.platform === "linux" ? O_PATH : constants.O_RDONLY | constants.O_NONBLOCK;

/** What is at a path, as `findFile` tells it; ELOOP or ENOTDIR where a forbidden link leads to it. */
export function findLinkedFile(r: RequestContext, path: string, rule: LinkRule | undefined): ReturnType<typeof findFile> {
  if (rule === undefined) return findFile(path);
  try {
    const fd = openLinkedFile(r, path, LOOK_FLAGS, rule);
    try {
      return fstatSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (thrown) {
    const error = asSystemError(thrown);
    return error.code === "ENOENT" ? undefined : error;
  }
}

/** Opens a file; throws what the system says. As nginx's: ELOOP where the path itself is a forbidden link, ENOTDIR where one is on the way. */
export function openLinkedFile(r: RequestContext, path: string, flags: number, rule: LinkRule): number {
  const trusted = trustedPart(rule.from(r), path);
  if (trusted === path) return openSync(systemPath(path), flags);
  const fd = rule.mode === "on" ? openUnlinked(path, flags, trusted) : openSync(systemPath(path), flags);
  try {
    if (rule.mode === "if_not_owner") refuseForeignLinks(fd, path, trusted);
    else refuseLinks(fd, path, trusted);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return fd;
}

/** How much of the path is not looked at. nginx: a `from` that is not the path's beginning counts for nothing. */
function trustedPart(from: string, path: string): string {
  if (from === "" || !path.startsWith(from)) return "";
  if (from.length === path.length || path[from.length] === "/") return from;
  return from.endsWith("/") ? from.slice(0, -1) : "";
}

/** The path itself is not followed; what is on the way is judged afterwards, but comes first where both are links. */
function openUnlinked(path: string, flags: number, trusted: string): number {
  try {
    return openSync(systemPath(path), flags | constants.O_NOFOLLOW);
  } catch (error) {
    if (asSystemError(error).code !== "ELOOP") throw error;
    throw linkError(directoryIsUnlinked(path, trusted) ? "ELOOP" : "ENOTDIR", path);
  }
}

function directoryIsUnlinked(path: string, trusted: string): boolean {
  const directory = path.slice(0, path.lastIndexOf("/"));
  return directory.length <= trusted.length || realPath(directory) === expectedPath(directory, trusted);
}

function refuseLinks(fd: number, path: string, trusted: string): void {
  // A path that is only looked at is not opened through its link.
  if (fstatSync(fd).isSymbolicLink()) throw linkError(directoryIsUnlinked(path, trusted) ? "ELOOP" : "ENOTDIR", path);
  if (realPathOf(fd, path) !== expectedPath(path, trusted)) throw linkError("ENOTDIR", path);
}

/** Where a path leads that has no links behind its trusted part. */
function expectedPath(path: string, trusted: string): string {
  const normal = posix.normalize((trusted === "" ? "" : realPath(trusted)) + path.slice(trusted.length));
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}

function realPath(path: string): string {
  return realpathSync(systemPath(path), { encoding: "buffer" }).toString("latin1");
}

function refuseForeignLinks(fd: number, path: string, trusted: string): void {
  if (!ownersAgree(path, trusted) || !isSameFile(fstatSync(fd), statSync(systemPath(path)))) throw linkError("ELOOP", path);
}

/** Where an open file is. Elsewhere than on Linux the path is asked again, and must still lead to that file. */
function realPathOf(fd: number, path: string): string | undefined {
  if (process.platform === "linux") return readlinkSync(`/proc/self/fd/${fd}`, { encoding: "buffer" }).toString("latin1");
  const real = realpathSync(systemPath(path), { encoding: "buffer" });
  return isSameFile(fstatSync(fd), lstatSync(real)) ? real.toString("latin1") : undefined;
}

function ownersAgree(path: string, trusted: string): boolean {
  for (let end = path.indexOf("/", trusted.length + 1); ; end = path.indexOf("/", end + 1)) {
    const part = systemPath(end === -1 ? path : path.slice(0, end));
    const link = lstatSync(part);
    if (link.isSymbolicLink() && link.uid !== statSync(part).uid) return false;
    if (end === -1) return true;
  }
}

function isSameFile(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

function linkError(code: keyof typeof ERRNO, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: a forbidden link leads to "${path}"`), { code, errno: -ERRNO[code] });
}
