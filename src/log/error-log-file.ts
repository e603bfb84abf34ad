/** Where error lines go: a file opened for appending or a standard stream, written at once, that outlives failed writes. */

import { pino } from "pino";

/** After a failed write nothing is tried for so long, so that a full disk is not hammered (nginx: disk_full_time). */
const RETRY_INTERVAL_MS = 1000;

type Destination = ReturnType<typeof pino.destination>;

/**
 * Bytes written synchronously through sonic-boom. A destination whose write failed is thrown away with what it held and replaced at most once
 * a second, because a kept one would fill memory while the disk is full; lines in between are lost, the process goes on.
 */
export class ErrorLogFile {
  readonly target: string | number;
  private destination: Destination | undefined;
  private failedAtMs = Number.NEGATIVE_INFINITY;

  /** `target` is a path or a file descriptor. Throws the system's error when the file cannot be opened. */
  constructor(target: string | number) {
    this.target = target;
    this.destination = this.open();
  }

  write(bytes: Buffer): void {
    if (this.destination === undefined) this.retryOpen();
    // The cast holds because of contentMode "buffer": sonic-boom's type knows strings alone.
    this.destination?.write(bytes as unknown as string);
  }

  /** Opens the path again, for log rotation; the former file stays in use when that fails. Throws the system's error. */
  reopen(): void {
    if (typeof this.target === "number") return;
    const former = this.destination;
    this.destination = this.open();
    former?.end();
  }

  close(): void {
    this.destination?.end();
    this.destination = undefined;
    this.failedAtMs = Number.POSITIVE_INFINITY;
  }

  private open(): Destination {
    const destination = pino.destination({
      dest: this.target,
      sync: true,
      append: true,
      mkdir: false,
      minLength: 0,
      contentMode: "buffer",
      retryEAGAIN: () => false,
    });
    destination.on("error", () => this.discard(destination));
    return destination;
  }

  private discard(failed: Destination): void {
    if (this.destination !== failed) return;
    this.destination = undefined;
    this.failedAtMs = performance.now();
    if (typeof this.target === "string") failed.destroy();
  }

  private retryOpen(): void {
    const now = performance.now();
    if (now - this.failedAtMs < RETRY_INTERVAL_MS) return;
    this.failedAtMs = now;
    try {
      this.destination = this.open();
    } catch {
      // The log itself is what cannot be opened: there is nowhere to say so, and the next line tries again.
    }
  }
}
