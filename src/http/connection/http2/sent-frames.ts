/** Finds the frame that ends a connection for a broken rule in what is sent, across any split of the bytes. Source: RFC 9113 sections 5.4.1 and 6.8. */

const FRAME_HEAD_BYTES = 9;
const GOAWAY = 7;
/** Its head, the last stream's number and the error code; what may follow is for readers. */
const GOAWAY_BYTES = 17;
const CODE_AT = 13;

export class SentFrames {
  /** Bytes of a payload that are not looked at. */
  private skipped = 0;
  /** The beginning of a frame that ended with a chunk. */
  private start: Buffer | undefined = undefined;

  /** Whether a GOAWAY frame with an error is in the bytes that follow the former ones. */
  haveFault(chunk: Buffer): boolean {
    const bytes = this.start === undefined ? chunk : Buffer.concat([this.start, chunk]);
    this.start = undefined;
    let at = this.skipped;
    while (at < bytes.length) {
      const isGoaway = bytes[at + 3] === GOAWAY;
      if (at + (isGoaway ? GOAWAY_BYTES : FRAME_HEAD_BYTES) > bytes.length) {
        this.start = Buffer.from(bytes.subarray(at));
        this.skipped = 0;
        return false;
      }
      if (isGoaway && bytes.readUInt32BE(at + CODE_AT) !== 0) return true;
      at += FRAME_HEAD_BYTES + bytes.readUIntBE(at, 3);
    }
    this.skipped = at - bytes.length;
    return false;
  }
}
