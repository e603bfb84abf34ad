/** Files that requests depend on (passwords, keys), read again when they have changed. */

import { closeSync, fstatSync, openSync, readFileSync, type Stats, statSync } from "node:fs";
import { asSystemError, systemPath } from "../core/file.ts";

/** Paths may hold variables. */
const FILES_MAX = 100;
const FILE_BYTES_MAX = 16 * 1024 * 1024;

interface ReadFile<T> {
  readonly stats: Stats;
  readonly content: T;
  /** When the file was last seen unchanged, by performance.now(). */
  seenAtMs: number;
}

export class ChangingFiles<T> {
  private readonly parse: (text: string) => T;
  private readonly files = new Map<string, ReadFile<T>>();

  /** `parse` is given latin1 text, once per change. */
  constructor(parse: (text: string) => T) {
    this.parse = parse;
  }

  /**
   * Costs one stat while the file stays as it is, and nothing within `trustMs` of the last one. An error is the system's, or tells that the
   * file is too large.
   */
  read(path: string, trustMs: number): T | NodeJS.ErrnoException {
    const known = this.files.get(path);
    const nowMs = performance.now();
    if (known !== undefined && nowMs < known.seenAtMs + trustMs) return known.content;
    try {
      if (known !== undefined && isUnchanged(known.stats, statSync(systemPath(path)))) {
        known.seenAtMs = nowMs;
        return known.content;
      }
      const { stats, text } = readOnce(path);
      const content = this.parse(text);
      this.keep(path, { stats, content, seenAtMs: nowMs });
      return content;
    } catch (error) {
      this.files.delete(path);
      return asSystemError(error);
    }
  }

  private keep(path: string, file: ReadFile<T>): void {
    this.files.delete(path);
    const [oldest] = this.files.keys();
    if (this.files.size >= FILES_MAX && oldest !== undefined) this.files.delete(oldest);
    this.files.set(path, file);
  }
}

function readOnce(path: string): { readonly stats: Stats; readonly text: string } {
  const fd = openSync(systemPath(path), "r");
  try {
    const stats = fstatSync(fd);
    if (stats.size > FILE_BYTES_MAX) throw tooLarge(path);
    return { stats, text: readFileSync(fd, "latin1") };
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
