/** Appends lines to one file: gathered for a turn of the event loop or in a buffer, written with one call, bounded while the disk is full. */

import { closeSync, fstatSync, openSync, statSync, writeSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { LogBuffering, LogFile } from "./log-file.ts";
import { describeSystemError } from "./system-error.ts";

/** Without `buffer=`: what a turn of the event loop may gather before it is written all the same. */
const TURN_BYTES_MAX = 64 * 1024;

/** What may wait for a file that cannot take it now (a full pipe), unless `buffer=` is greater; more is dropped. */
const BACKLOG_BYTES_MAX = 1024 * 1024;

/** After a failed write nothing is tried for so long (nginx: disk_full_time, "write() to … failed"). */
const RETRY_INTERVAL_MS = 1000;

/** Nobody waits longer than this for a buffered line where no `flush=` says otherwise. */
const FLUSH_MS_DEFAULT = 1000;

export interface WriterOwner {
  /** The writer holds lines that are to be written when this turn ends. */
  scheduleFlush(writer: LogFileWriter): void;
  /** A write failed and lines were lost: at most one call a second. */
  reportAlert(message: string): void;
}

const NOTHING = Buffer.alloc(0);

export class LogFileWriter implements LogFile {
  readonly path: string;
  /** True while the owner has it on its list for the end of the turn. */
  isScheduled = false;
  private readonly owner: WriterOwner;
  private fd: number;
  private pending = "";
  /** What the file could not take yet, in the form in which it is to be written. */
  private backlog: Buffer = NOTHING;
  private bytesMax = TURN_BYTES_MAX;
  private flushMs = 0;
  private gzipLevel = 0;
  private isBuffered = false;
  private timer: NodeJS.Timeout | undefined = undefined;
  private failedAtMs = Number.NEGATIVE_INFINITY;
  private reportedAtMs = Number.NEGATIVE_INFINITY;

  /** Throws the system's error when the path cannot be opened for appending. */
  constructor(path: string, owner: WriterOwner) {
    this.path = path;
    this.owner = owner;
    this.fd = openLog(path);
  }

  /** What is in force from now on; undefined: a turn of the event loop. */
  setBuffering(buffering: LogBuffering | undefined): void {
    this.flush();
    this.isBuffered = buffering !== undefined;
    this.bytesMax = buffering?.bytesMax ?? TURN_BYTES_MAX;
    this.gzipLevel = buffering?.gzipLevel ?? 0;
    // nginx: compressed lines wait for a full buffer; a member a second would hardly be smaller than its lines.
    this.flushMs = buffering === undefined || this.gzipLevel > 0 ? (buffering?.flushMs ?? 0) : buffering.flushMs || FLUSH_MS_DEFAULT;
  }

  write(line: string): void {
    // nginx: a line that does not fit in what is left of the buffer sends the buffer out first.
    if (this.pending.length + line.length > this.bytesMax) this.flush();
    if (this.backlog.length + this.pending.length + line.length > Math.max(BACKLOG_BYTES_MAX, this.bytesMax)) {
      this.reportLoss("11: Resource temporarily unavailable");
      return;
    }
    this.pending += line;
    if (this.pending.length > this.bytesMax) this.flush();
    else if (!this.isBuffered) this.flushWithTurn();
    else if (this.flushMs > 0) this.timer ??= setTimeout(() => this.flush(), this.flushMs).unref();
  }

  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pending === "" && this.backlog.length === 0) return;
    const bytes = this.takePending();
    if (performance.now() - this.failedAtMs >= RETRY_INTERVAL_MS) this.writeOut(bytes);
  }

  /** Closes the file and opens its path again. When that fails the former file stays in use and the system's error is thrown. */
  reopen(): void {
    this.flush();
    const fd = openLog(this.path);
    closeLog(this.fd);
    this.fd = fd;
    this.failedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** False when the path names another file than the open one, or none. */
  isStillNamed(): boolean {
    const named = statSync(Buffer.from(this.path, "latin1"), { throwIfNoEntry: false });
    const open = fstatSync(this.fd);
    return named !== undefined && named.ino === open.ino && named.dev === open.dev;
  }

  close(): void {
    this.flush();
    // What a full pipe did not take is lost: the descriptor will be another's.
    clearTimeout(this.timer);
    this.backlog = NOTHING;
    closeLog(this.fd);
  }

  private flushWithTurn(): void {
    if (!this.isScheduled) this.owner.scheduleFlush(this);
  }

  /** All that is to be written, as bytes; nothing is held any more. */
  private takePending(): Buffer {
    const lines = Buffer.from(this.pending, "latin1");
    const bytes = this.gzipLevel > 0 && lines.length > 0 ? gzipSync(lines, { level: this.gzipLevel }) : lines;
    const taken = this.backlog.length === 0 ? bytes : Buffer.concat([this.backlog, bytes]);
    this.pending = "";
    this.backlog = NOTHING;
    return taken;
  }

  private writeOut(bytes: Buffer): void {
    let rest = bytes;
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(this.fd, rest));
    } catch (error) {
      this.keepOrDrop(rest, error as NodeJS.ErrnoException);
    }
  }

  /** A full pipe is tried again with the next flush; anything else loses the lines. */
  private keepOrDrop(rest: Buffer, error: NodeJS.ErrnoException): void {
    if (error.code === "EAGAIN") {
      this.backlog = rest;
      this.timer ??= setTimeout(() => this.flush(), FLUSH_MS_DEFAULT).unref();
      return;
    }
    this.failedAtMs = performance.now();
    this.reportLoss(describeSystemError(error));
  }

  private reportLoss(cause: string): void {
    const now = performance.now();
    if (now - this.reportedAtMs < RETRY_INTERVAL_MS) return;
    this.reportedAtMs = now;
    this.owner.reportAlert(`write() to "${this.path}" failed (${cause})`);
  }
}

const STANDARD_STREAMS: ReadonlyMap<string, number> = new Map([
  ["/dev/stdout", 1],
  ["/dev/stderr", 2],
]);

function openLog(path: string): number {
  return STANDARD_STREAMS.get(path) ?? openSync(Buffer.from(path, "latin1"), "a", 0o644);
}

function closeLog(fd: number): void {
  if (fd > 2) closeSync(fd);
}
