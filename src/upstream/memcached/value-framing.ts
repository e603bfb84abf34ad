/** A value and the END behind it (nginx: ngx_http_memcached_filter). */

import type { ChunkedState, ChunkSink } from "../../http/message/chunked.ts";
import type { ResponseHead } from "../../http/message/response-head.ts";
import type { AnswerFraming, FramingComplaint, FramingKind } from "../answer-framing.ts";

const TRAILER = "\r\nEND\r\n";

const INVALID_TRAILER: FramingComplaint = { level: "error", message: "memcached sent invalid trailer" };

export class ValueFraming implements AnswerFraming {
  readonly kind: FramingKind;
  readonly trailers: readonly string[] = [];
  surplus: number;
  complaint: FramingComplaint | undefined = undefined;
  private valueLeft: number;
  private trailerLeft: number;

  constructor(head: ResponseHead, method: string) {
    const isFound = head.status !== 404;
    const isWanted = isFound && method !== "HEAD";
    this.kind = isWanted ? "length" : "none";
    this.valueLeft = isWanted ? head.contentLength : 0;
    this.trailerLeft = isWanted ? TRAILER.length : 0;
    // There is no asking for the length alone: the value is on its way, and nobody reads it.
    this.surplus = isFound && !isWanted ? head.contentLength + TRAILER.length : 0;
  }

  get isEmpty(): boolean {
    return this.kind === "none";
  }

  isWholeIn(rest: Buffer): boolean {
    return rest.length >= this.valueLeft + this.trailerLeft;
  }

  takeWhole(rest: Buffer): Buffer | undefined {
    if (this.kind === "none") {
      this.surplus += rest.length;
      return undefined;
    }
    let whole: Buffer | undefined;
    this.feed(rest, (piece) => {
      whole = Buffer.from(piece);
    });
    return whole;
  }

  /** What does not end as it must is whole all the same: its length was said. The connection is not to be trusted then. */
  feed(chunk: Buffer, sink: ChunkSink): ChunkedState {
    const valueBytes = Math.min(this.valueLeft, chunk.length);
    if (valueBytes > 0) sink(valueBytes === chunk.length ? chunk : chunk.subarray(0, valueBytes));
    this.valueLeft -= valueBytes;
    const ending = chunk.toString("latin1", valueBytes, Math.min(chunk.length, valueBytes + TRAILER.length + 1));
    if (!TRAILER.startsWith(ending, TRAILER.length - this.trailerLeft)) {
      this.surplus = chunk.length - valueBytes;
      this.complaint = INVALID_TRAILER;
      return "done";
    }
    this.trailerLeft -= ending.length;
    return this.trailerLeft === 0 ? "done" : "more";
  }
}
