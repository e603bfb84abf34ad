/** Gives a chunk's memory back at once: left to the collector, the chunks of a fast upload stand at 100 MB and more (Node 24) before it comes. */

/** From ES2024; Node 20 has it not, and its collector is quicker to come (about 100 MB resident at the most, measured with uploads of 100 MB). */
interface Transferable {
  transfer?(newByteLength: number): ArrayBuffer;
}

/** The chunk is empty afterwards. To be called only when nothing refers to its bytes; memory shared with other buffers is left alone. */
export function releaseMemory(chunk: Buffer): void {
  const memory: ArrayBufferLike & Transferable = chunk.buffer;
  if (memory.byteLength === chunk.length && memory.byteLength >= RELEASED_BYTES_MIN) memory.transfer?.(0);
}

/** Small chunks are cheaper left to the collector. */
const RELEASED_BYTES_MIN = 16_384;
