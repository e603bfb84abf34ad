/** A temporary file that an answer waits in for a slow client: written at its end, read from its start, emptied when both meet. */

import { close, constants, ftruncateSync, mkdirSync, openSync, read, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";

const READ_BYTES = 65_536;

let serial = 0;

export class SpillFile {
  private readonly fd: number;
  private writtenTo = 0;
  private readTo = 0;
  private buffer: Buffer | undefined;
  private isReading = false;
  private isClosing = false;

  /** Throws the system's error when the directory cannot be made or written to. The file's name is gone once it is open. */
  constructor(directory: string) {
    serial = (serial + 1) % 0x1_0000_0000;
    const path = join(directory, `upstream-${process.pid}-${serial}`);
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
    try {
      this.fd = openSync(path, flags, 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      this.fd = openSync(path, flags, 0o600);
    }
    unlinkSync(path);
  }

  /** Octets written since the file was last empty. */
  get bytesWritten(): number {
    return this.writtenTo;
  }

  get isEmpty(): boolean {
    return this.readTo === this.writtenTo;
  }

  /** Synchronous: it goes to the page cache, and order needs no queue. Throws the system's error. */
  append(chunk: Buffer): void {
    for (let done = 0; done < chunk.length; ) done += writeSync(this.fd, chunk, done, chunk.length - done, this.writtenTo + done);
    this.writtenTo += chunk.length;
  }

  /** Reads the next piece, good until the next `read`. At most one read at a time; nothing is called back after `close`. */
  read(take: (error: Error | null, piece: Buffer) => void): void {
    this.buffer ??= Buffer.allocUnsafeSlow(READ_BYTES);
    const wanted = Math.min(READ_BYTES, this.writtenTo - this.readTo);
    this.isReading = true;
    read(this.fd, this.buffer, 0, wanted, this.readTo, (error, length, buffer) => {
      this.isReading = false;
      if (this.isClosing) {
        this.closeNow();
        return;
      }
      this.readTo += length ?? 0;
      if (this.isEmpty) this.rewind();
      take(error, buffer.subarray(0, length));
    });
  }

  close(): void {
    if (this.isClosing) return;
    this.isClosing = true;
    if (!this.isReading) this.closeNow();
  }

  private rewind(): void {
    this.readTo = 0;
    this.writtenTo = 0;
    ftruncateSync(this.fd, 0);
  }

  private closeNow(): void {
    // Nothing can be done about a failing close, and the file has no name left.
    close(this.fd, () => {});
  }
}
