/** Password files, read again when they have changed (nginx reads them for each request). */

import { closeSync, fstatSync, openSync, readFileSync, type Stats, statSync } from "node:fs";
import { asSystemError, systemPath } from "../../http/core/file.ts";

/** Paths may hold variables. */
const FILES_MAX = 100;
/** Ten thousands of users; more belong in a database. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

/** The stored passwords by user name. */
export type Passwords = ReadonlyMap<string, string>;

interface ReadFile {
  readonly stats: Stats;
  readonly passwords: Passwords;
}

export class PasswordFiles {
  private readonly files = new Map<string, ReadFile>();

  /** Costs one stat while the file stays as it is. An error is the system's, or tells that the file is too large. */
  read(path: string): Passwords | NodeJS.ErrnoException {
    const known = this.files.get(path);
    try {
      if (known !== undefined && isUnchanged(known.stats, statSync(systemPath(path)))) return known.passwords;
      const file = readOnce(path);
      this.keep(path, file);
      return file.passwords;
    } catch (error) {
      this.files.delete(path);
      return asSystemError(error);
    }
  }

  private keep(path: string, file: ReadFile): void {
    this.files.delete(path);
    const [oldest] = this.files.keys();
    if (this.files.size >= FILES_MAX && oldest !== undefined) this.files.delete(oldest);
    this.files.set(path, file);
  }
}

function readOnce(path: string): ReadFile {
  const fd = openSync(systemPath(path), "r");
  try {
    const stats = fstatSync(fd);
    if (stats.size > FILE_BYTES_MAX) throw tooLarge(path);
    return { stats, passwords: parsePasswords(readFileSync(fd, "latin1")) };
  } finally {
    closeSync(fd);
  }
}

function tooLarge(path: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`Cannot use "${path}": larger than ${FILE_BYTES_MAX} bytes`);
  error.code = "EFBIG";
  error.errno = -27;
  return error;
}

function isUnchanged(before: Stats, now: Stats): boolean {
  return (
    before.mtimeMs === now.mtimeMs &&
    before.ctimeMs === now.ctimeMs &&
    before.size === now.size &&
    before.ino === now.ino &&
    before.dev === now.dev
  );
}

/** Lines `user:password` or `user:password:comment`; the first of a user counts, lines that begin with "#" do not. */
export function parsePasswords(text: string): Passwords {
  const passwords = new Map<string, string>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0 || line.startsWith("#") || line.startsWith("\r")) continue;
    const user = line.slice(0, colon);
    if (!passwords.has(user)) passwords.set(user, line.slice(colon + 1).split(/[:\r]/, 1)[0] ?? "");
  }
  return passwords;
}
