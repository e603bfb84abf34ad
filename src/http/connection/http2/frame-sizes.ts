/** Tells frames whose length or padding cannot be right from all others, across any split of the bytes. Source: RFC 9113 section 4.2 and 6. */

const FRAME_HEAD_BYTES = 9;
/** SETTINGS_MAX_FRAME_SIZE as long as nobody raises it. */
const FRAME_BYTES_MAX = 16_384;
const PADDED = 8;
const WITH_PRIORITY = 32;
const ACK = 1;

/** By type: the length there must be, or the shortest there may be where `isExact` is false. */
const SIZES: readonly ({ readonly bytes: number; readonly isExact: boolean } | undefined)[] = [
  { bytes: 0, isExact: false }, // DATA
  { bytes: 0, isExact: false }, // HEADERS
  { bytes: 5, isExact: true }, // PRIORITY
  { bytes: 4, isExact: true }, // RST_STREAM
  undefined, // SETTINGS: see faultOf
  { bytes: 4, isExact: false }, // PUSH_PROMISE
  { bytes: 8, isExact: true }, // PING
  { bytes: 8, isExact: false }, // GOAWAY
  { bytes: 4, isExact: true }, // WINDOW_UPDATE
  { bytes: 0, isExact: false }, // CONTINUATION
];

const DATA = 0;
const HEADERS = 1;
const SETTINGS = 4;
const PUSH_PROMISE = 5;

/** Each ends a connection: FRAME_SIZE_ERROR, PROTOCOL_ERROR. */
export type FrameFault = "length" | "padding";

export class FrameSizes {
  /** Bytes of the preface or of a payload that are not looked at. */
  private skipped: number;
  /** The beginning of a frame's head that ended with a chunk. */
  private start: Buffer | undefined = undefined;

  /** `prefaceBytes` come before the first frame. */
  constructor(prefaceBytes: number) {
    this.skipped = prefaceBytes;
  }

  /** What is wrong with a frame in the bytes that follow the former ones; undefined: nothing. Nothing may be asked after a fault. */
  faultIn(chunk: Buffer): FrameFault | undefined {
    const bytes = this.start === undefined ? chunk : Buffer.concat([this.start, chunk]);
    this.start = undefined;
    let at = this.skipped;
    // A padded frame's first byte is looked at with its head.
    while (at + FRAME_HEAD_BYTES < bytes.length || (at + FRAME_HEAD_BYTES === bytes.length && bytes.readUIntBE(at, 3) === 0)) {
      const fault = faultOf(bytes, at);
      if (fault !== undefined) return fault;
      at += FRAME_HEAD_BYTES + bytes.readUIntBE(at, 3);
    }
    this.skipped = Math.max(0, at - bytes.length);
    if (at < bytes.length) this.start = bytes.subarray(at);
    return undefined;
  }
}

function faultOf(bytes: Buffer, at: number): FrameFault | undefined {
  const length = bytes.readUIntBE(at, 3);
  const type = bytes[at + 3] ?? 0;
  const flags = bytes[at + 4] ?? 0;
  if (length > FRAME_BYTES_MAX) return "length";
  if (type === SETTINGS) return ((flags & ACK) !== 0 ? length === 0 : length % 6 === 0) ? undefined : "length";
  const size = SIZES[type];
  if (size === undefined) return undefined;
  if (size.isExact) return length === size.bytes ? undefined : "length";
  const mayBePadded = type === DATA || type === HEADERS || type === PUSH_PROMISE;
  const fixed = size.bytes + (type === HEADERS && (flags & WITH_PRIORITY) !== 0 ? 5 : 0);
  if (!mayBePadded || (flags & PADDED) === 0) return length >= fixed ? undefined : "length";
  if (length < 1 + fixed) return "length";
  return length >= 1 + (bytes[at + FRAME_HEAD_BYTES] ?? 0) + fixed ? undefined : "padding";
}
