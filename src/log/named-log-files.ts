/** Log files whose names come with requests: opened when written to, kept open as `open_log_file_cache` says (nginx: ngx_open_file_cache.c). */

import type { LogFileCaching, NamedLogFiles } from "./log-file.ts";
import { LogFileWriter, type WriterOwner } from "./log-file-writer.ts";

/** Without a cache: files that one turn of the event loop may hold open. */
const TURN_FILES_MAX = 64;

/** Looked at on each write, as nginx does: closing idle files takes no longer than opening them took. */
const EXPIRED_PER_WRITE_MAX = 2;

/** A file that is or was open. */
interface NamedLog {
  /** Undefined while it is only counted. */
  writer: LogFileWriter | undefined;
  uses: number;
  usedAtMs: number;
  provenAtMs: number;
}

export class NamedLogFilesCache implements NamedLogFiles {
  /** The one unused for the longest time first. */
  private readonly logs = new Map<string, NamedLog>();
  private readonly caching: LogFileCaching | undefined;
  private readonly owner: WriterOwner;
  private written: LogFileWriter[] = [];

  /** Without `caching` files are closed behind the turn in which they were written. */
  constructor(caching: LogFileCaching | undefined, reportAlert: (message: string) => void) {
    this.caching = caching;
    this.owner = {
      reportAlert,
      scheduleFlush: (writer) => {
        writer.isScheduled = true;
        if (this.written.push(writer) === 1) setImmediate(() => this.endTurn());
      },
    };
  }

  write(path: string, line: string): void {
    const now = performance.now();
    this.closeInactive(now);
    this.use(path, now).write(line);
  }

  /** USR1: what is written next goes to the files that the paths name then. */
  closeAll(): void {
    for (const log of this.logs.values()) log.writer?.close();
    this.logs.clear();
  }

  private use(path: string, now: number): LogFileWriter {
    const known = this.logs.get(path);
    const log: NamedLog = known ?? { writer: undefined, uses: 0, usedAtMs: now, provenAtMs: now };
    if (log.writer !== undefined && now - log.provenAtMs > this.validMs) this.prove(log.writer, log, now);
    if (log.writer === undefined) {
      log.writer = new LogFileWriter(path, this.owner);
      log.provenAtMs = now;
    }
    log.uses++;
    log.usedAtMs = now;
    this.logs.delete(path);
    this.logs.set(path, log);
    if (this.logs.size > (this.caching?.max ?? TURN_FILES_MAX)) this.closeOldest();
    return log.writer;
  }

  private get validMs(): number {
    return this.caching?.validMs ?? Number.POSITIVE_INFINITY;
  }

  /** A file that was moved away is closed. */
  private prove(writer: LogFileWriter, log: NamedLog, now: number): void {
    log.provenAtMs = now;
    if (writer.isStillNamed()) return;
    log.writer = undefined;
    writer.close();
  }

  private closeInactive(now: number): void {
    if (this.caching === undefined) return;
    let looked = 0;
    for (const [path, log] of this.logs) {
      if (looked++ === EXPIRED_PER_WRITE_MAX || now - log.usedAtMs <= this.caching.inactiveMs) return;
      this.logs.delete(path);
      log.writer?.close();
    }
  }

  private closeOldest(): void {
    for (const [path, log] of this.logs) {
      this.logs.delete(path);
      log.writer?.close();
      return;
    }
  }

  private endTurn(): void {
    const written = this.written;
    this.written = [];
    for (const writer of written) {
      writer.isScheduled = false;
      writer.flush();
      const log = this.logs.get(writer.path);
      if (log?.writer === writer) this.closeUnlessKept(writer, log);
    }
  }

  private closeUnlessKept(writer: LogFileWriter, log: NamedLog): void {
    if (this.caching !== undefined && log.uses >= this.caching.minUses) return;
    writer.close();
    log.writer = undefined;
    if (this.caching === undefined) this.logs.delete(writer.path);
  }
}
