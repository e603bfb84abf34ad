/** Memory that upstream sockets read into: one buffer shared by all for heads and short answers, and spare ones for bodies that stream. */

/** libuv reads at most this much in one go; larger buffers measured no quicker. */
const READ_BUFFER_BYTES = 65_536;
/** Spare buffers kept for the next streaming body: 4 MB in all. */
const SPARE_BUFFERS_MAX = 64;

/** What is read into it is used up, or copied, before the read returns. */
export const sharedReadBuffer: Buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);

// Scratch memory without meaning: nothing is ever read from a spare buffer before it has been filled again.
const spareBuffers: Buffer[] = [];

/** A buffer for one connection's own use. */
export function takeReadBuffer(): Buffer {
  return spareBuffers.pop() ?? Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
}

/** Gives one back that nobody refers to any more. */
export function returnReadBuffer(buffer: Buffer): void {
  if (buffer !== sharedReadBuffer && spareBuffers.length < SPARE_BUFFERS_MAX) spareBuffers.push(buffer);
}
