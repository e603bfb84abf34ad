/** What a client does in one row of the tables by sections of RFC 9113 and RFC 7541. */

import { type Fields, FLAG, FRAME_TYPE, frame, headers } from "../../harness/http2-frames.ts";

export interface SectionRow {
  /** Of RFC 9113, or of RFC 7541 with "HPACK" before it. */
  readonly section: string;
  readonly name: string;
  /** Sent behind the preface and, unless `bare`, a SETTINGS frame. */
  readonly frames: readonly Buffer[];
  readonly bare?: boolean;
  /** The client's SETTINGS. */
  readonly settings?: readonly (readonly [id: number, value: number])[];
  /** The stream whose end is looked at; without one it is a GET that is sent behind the frames, which have to be passed over. */
  readonly watch?: number;
  /**
   * How it ends: the status of an answer, `stream CODE` for RST_STREAM, `connection CODE` for GOAWAY with the connection's end, which may come
   * for any error of a stream (RFC 9113 section 5.4.2), `closed` for an end without either.
   */
  readonly ends: string;
  /** What the RFC asks for, where the HTTP/2 library of Node.js does something else that harms nobody. */
  readonly rfc?: string;
  /** How it ends with the HTTP/2 library of Node.js 24, where that is something else: it knows nothing of priorities any more (section 5.3.2). */
  readonly newer?: string;
  /** How it ends with nginx, where that is something else. */
  readonly nginx?: string;
}

/** Odd, and above all others. */
export const PROBE_STREAM = 101;

const ANY: Fields = [
  [":method", "POST"],
  [":scheme", "http"],
  [":authority", "localhost"],
  [":path", "/body"],
];

/** A request whose content is still to come. */
export function openRequest(stream: number, ...more: Fields): Buffer {
  return headers(stream, [...ANY, ...more], 0);
}

export function data(stream: number, content: string, flags: number = FLAG.endStream): Buffer {
  return frame(FRAME_TYPE.data, flags, stream, content);
}

/** A head of literal bytes. */
export function rawHeaders(stream: number, block: Buffer, flags: number = FLAG.endStream | FLAG.endHeaders): Buffer {
  return frame(FRAME_TYPE.headers, flags, stream, block);
}

export function continuation(stream: number, block: Buffer, flags: number = FLAG.endHeaders): Buffer {
  return frame(FRAME_TYPE.continuation, flags, stream, block);
}

export const PRIORITY_BYTES = Buffer.of(0, 0, 0, 0, 15);

/** `block` cut after so many bytes. */
export function cut(block: Buffer, at: number): readonly [Buffer, Buffer] {
  return [block.subarray(0, at), block.subarray(at)];
}
