/** Copies of small files in memory. A copy is used only after a stat has shown that the file is still the one that was read. */

import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { systemPath } from "../core/file.ts";
import { fileEntityTag } from "../message/etag.ts";

/** Longer files are streamed from disk each time. */
export const COPIED_FILE_BYTES_MAX = 128 * 1024;

/** Up to here an answer's head and body go out as one latin1 string; longer bodies are cheaper as bytes. */
const TEXT_BYTES_MAX = 16 * 1024;

/** Bound of all copies of a process together. */
export const MEMORY_BYTES_MAX = 32 * 1024 * 1024;

/** What a copy costs besides its bytes: its entry, its path and its place in the map, roughly. */
const ENTRY_OVERHEAD_BYTES = 512;

/** Opening a FIFO must not wait for its other end (nginx: NGX_FILE_NONBLOCK). */
export const OPEN_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** A file's content with what proves it fresh and what answers say of it. */
export class FileCopy {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  /** Changes with permissions and links too: a copy of a file that may no longer be read is not used. */
  readonly ctimeMs: number;
  readonly body: string | Buffer;
  readonly lastModified: number;
  readonly etag: string;
  /** Asked for since eviction last looked at it. */
  used: boolean;

  constructor(stats: Stats, content: Buffer) {
    this.dev = stats.dev;
    this.ino = stats.ino;
    this.size = stats.size;
    this.mtimeMs = stats.mtimeMs;
    this.ctimeMs = stats.ctimeMs;
    this.body = content.length <= TEXT_BYTES_MAX ? content.toString("latin1") : content;
    this.lastModified = Math.floor(stats.mtimeMs / 1000);
    this.etag = fileEntityTag(this.lastModified, stats.size);
    this.used = false;
  }
}

/** The copies of one process, evicted by second chance: those used since the last round stay. */
export class FileMemory {
  private readonly copies = new Map<string, FileCopy>();
  private readonly bytesMax: number;
  private bytes = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** The copy of the file that `stats` describes, or undefined. */
  find(path: string, stats: Stats): FileCopy | undefined {
    const copy = this.copies.get(path);
    if (copy === undefined) return undefined;
    if (
      copy.mtimeMs === stats.mtimeMs &&
      copy.size === stats.size &&
      copy.ino === stats.ino &&
      copy.ctimeMs === stats.ctimeMs &&
      copy.dev === stats.dev
    ) {
      copy.used = true;
      return copy;
    }
    this.forget(path, copy);
    return undefined;
  }

  /** Reads a small file and keeps it. Undefined when it is no longer a small regular file; throws what opening or reading it throws. */
  read(path: string): FileCopy | undefined {
    const fd = openSync(systemPath(path), OPEN_FLAGS);
    let copy: FileCopy;
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile() || stats.size > COPIED_FILE_BYTES_MAX) return undefined;
      const content = Buffer.allocUnsafeSlow(stats.size);
      let length = 0;
      while (length < content.length) {
        const taken = readSync(fd, content, length, content.length - length, length);
        if (taken === 0) return undefined;
        length += taken;
      }
      copy = new FileCopy(stats, content);
    } finally {
      closeSync(fd);
    }
    this.keep(path, copy);
    return copy;
  }

  private keep(path: string, copy: FileCopy): void {
    this.copies.set(path, copy);
    this.bytes += costOf(path, copy);
    while (this.bytes > this.bytesMax) this.evictOne();
  }

  private evictOne(): void {
    for (const [path, copy] of this.copies) {
      if (!copy.used) {
        this.forget(path, copy);
        return;
      }
      copy.used = false;
      this.copies.delete(path);
      this.copies.set(path, copy);
    }
  }

  private forget(path: string, copy: FileCopy): void {
    if (this.copies.delete(path)) this.bytes -= costOf(path, copy);
  }
}

function costOf(path: string, copy: FileCopy): number {
  return copy.size + path.length + ENTRY_OVERHEAD_BYTES;
}
