/**
 * Tells a client that sends frames for their own sake (PING, SETTINGS, PRIORITY, empty DATA) from one that asks for something: what it sends is
 * held against what its requests and answers carry (nginx: ngx_http_v2_read_handler, "http2 flood detected").
 */

/** nginx's measure: an eighth of what comes may carry nothing, and a megabyte besides. */
const FRAMING_SHARE = 8;
const FREE_BYTES = 1_048_576;

export class TrafficMeter {
  /** Octets of heads and bodies, both ways. */
  payloadBytes = 0;
  private readBytes = 0;

  /** True when there were no more bytes than requests and answers explain. `readBytes` is all that came on the connection. */
  isHonest(readBytes: number): boolean {
    this.readBytes = readBytes;
    return readBytes / FRAMING_SHARE <= this.payloadBytes + FREE_BYTES;
  }

  /** Whether anything came since `isHonest` was last asked. */
  hasMoved(readBytes: number): boolean {
    return readBytes !== this.readBytes;
  }
}
