/** Buffers that streamed files are read into, lent for one piece at a time. */

/** What a client that keeps up is sent at once: a 2 MB file costs 1.1 ms so, and 1.9 ms in pieces of 64 KB. */
const LARGE_BYTES = 256 * 1024;

/** What waits in memory for a client that does not keep up. */
const SMALL_BYTES = 64 * 1024;

/** Idle buffers kept of each size; under a burst more are made and then left to the garbage collector. */
const IDLE_BUFFERS_MAX = 16;

/** Whether the client took the last piece soon. */
export type ReadPace = "unknown" | "keeps up" | "lags";

export interface ReadBuffers {
  borrow(pace: ReadPace): Buffer;
  giveBack(buffer: Buffer): void;
}

export function createReadBuffers(): ReadBuffers {
  const large: Buffer[] = [];
  const small: Buffer[] = [];
  return {
    borrow: (pace) =>
      pace === "lags" ? (small.pop() ?? Buffer.allocUnsafeSlow(SMALL_BYTES)) : (large.pop() ?? Buffer.allocUnsafeSlow(LARGE_BYTES)),
    giveBack: (buffer) => {
      const idle = buffer.length === SMALL_BYTES ? small : large;
      if (idle.length < IDLE_BUFFERS_MAX) idle.push(buffer);
    },
  };
}
