/** Writes a request's body to its stream, and knows what the peer's windows have not let through yet (RFC 9113, section 5.2). */

import type { ClientHttp2Stream } from "node:http2";
import type { PayloadWriter } from "../request-payload.ts";

export class StreamWriter implements PayloadWriter {
  /** Octets of the body given to the stream. */
  bytesWritten = 0;
  private readonly stream: ClientHttp2Stream;
  private readonly written: () => void;

  /** `drained` runs whenever everything written has been taken. */
  constructor(stream: ClientHttp2Stream, drained: () => void) {
    this.stream = stream;
    this.written = () => {
      if (!this.isBacklogged && !stream.destroyed) drained();
    };
  }

  get isBacklogged(): boolean {
    return this.stream.writableLength > 0;
  }

  writeBytes(chunk: Buffer): void {
    this.bytesWritten += chunk.length;
    this.stream.write(chunk, this.written);
  }

  /** The body is complete. */
  end(): void {
    this.stream.end();
  }
}
