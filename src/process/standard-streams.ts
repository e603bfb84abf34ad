/** Writes to stdout and stderr for programs that end right after, and for a server that must outlive a closed terminal. */

import { writeSync } from "node:fs";

export const STDOUT = 1;
export const STDERR = 2;

/** What a pipe that is full is given to empty itself before the rest is dropped. */
const FULL_PIPE_TRIES_MAX = 1000;
const FULL_PIPE_WAIT_MS = 5;

/** Writes all of it at once. A reader that is gone (EPIPE) or never reads loses the text; nothing is thrown. */
export function writeStandard(fd: typeof STDOUT | typeof STDERR, bytes: Buffer | string): void {
  let rest = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  for (let tries = 0; rest.length > 0 && tries < FULL_PIPE_TRIES_MAX; ) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      tries++;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT_MS);
    }
  }
}

/** One line on stderr. */
export function printLine(line: string): void {
  writeStandard(STDERR, `${line}\n`);
}
