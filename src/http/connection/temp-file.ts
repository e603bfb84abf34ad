/** A file for a body that does not fit in memory; it has no name left on disk from the moment it is made. */

import { randomBytes } from "node:crypto";
import { closeSync, constants, openSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { BufferedBody } from "../request-body.ts";

export class TempFile {
  readonly path: string;
  private readonly fd: number;
  private length = 0;
  private isOpen = true;

  /** Throws the system's error when the directory cannot be written to. */
  constructor(directory: string) {
    this.path = join(directory, `${process.pid}-${randomBytes(8).toString("hex")}`);
    this.fd = openSync(this.path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
    unlinkSync(this.path);
  }

  append(chunk: Buffer): void {
    for (let written = 0; written < chunk.length; ) written += writeSync(this.fd, chunk, written);
    this.length += chunk.length;
  }

  asBody(): BufferedBody {
    return { length: this.length, memory: undefined, fd: this.fd, path: this.path };
  }

  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeSync(this.fd);
  }
}
