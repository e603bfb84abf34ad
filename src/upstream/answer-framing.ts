/** Where the body of an upstream's answer ends. One object for each answer. */

import type { ChunkedState, ChunkSink } from "../http/message/chunked.ts";
import type { LogLevel } from "../log/error-log.ts";

/** How many octets of body are to come; `untilClose` ends with the connection. */
export type FramingKind = "none" | "length" | "chunked" | "untilClose";

/** For the error log, in nginx's words. */
export interface FramingComplaint {
  readonly level: LogLevel;
  readonly message: string;
}

export interface AnswerFraming {
  readonly kind: FramingKind;
  /** Octets behind the body that do not belong to it: such a connection cannot be used again. */
  readonly surplus: number;
  /** Nothing more is to be read of the answer than its head. */
  readonly isEmpty: boolean;
  /** What is wrong with the end of an answer that can be used all the same; complete when the body is. */
  readonly complaint: FramingComplaint | undefined;
  /** Fields behind the body, flat: name, value; complete when the body is. */
  readonly trailers: readonly string[];
  /** True where `rest`, all that came behind the head, holds all of the body, and its length was said. */
  isWholeIn(rest: Buffer): boolean;
  /** A copy of the body when `rest` holds all of it; undefined when there is none. */
  takeWhole(rest: Buffer): string | Buffer | undefined;
  /** Hands the body's part of a chunk to the sink: pieces are views of the chunk. */
  feed(chunk: Buffer, sink: ChunkSink): ChunkedState;
}
