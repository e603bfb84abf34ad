/** Reads the heads of one connection's requests out of its bytes, however they arrive. */

import { HeadRefusal } from "../message/head-refusal.ts";
import { HeadIncomplete, parseRequestHead } from "../message/parse-request-head.ts";
import type { RequestHead } from "../message/request-head.ts";
import type { ConnectionHost } from "./connection-host.ts";

const LF = 10;
/** Nearly every head is shorter. */
const DECODED_AT_FIRST_BYTES = 2048;

export class HeadReader {
  private readonly host: ConnectionHost;
  private progress: HeadIncomplete | undefined = undefined;
  /** When the first byte of the head was read, in milliseconds of performance.now(). */
  startedAtMs: number;

  constructor(host: ConnectionHost, openedAtMs: number) {
    this.host = host;
    this.startedAtMs = openedAtMs;
  }

  /** A head ends with a line: bytes without a line end change nothing until a limit is passed. */
  isWorthReading(chunk: Buffer, inputBytes: number): boolean {
    return chunk.includes(LF) || inputBytes > this.host.headLimits.largeBufferBytes;
  }

  /** The head that `input` begins with; undefined while it is not whole. */
  read(input: Buffer): RequestHead | HeadRefusal | undefined {
    const { headLimits, headRules } = this.host;
    // Pipelined requests come by the dozen in one chunk: decoding all of it for each of them would be quadratic.
    let decodedBytes = Math.min(input.length, DECODED_AT_FIRST_BYTES);
    let head = parseRequestHead(input.toString("latin1", 0, decodedBytes), 0, headLimits, headRules, this.progress);
    if (head instanceof HeadIncomplete && decodedBytes < input.length) {
      decodedBytes = input.length;
      head = parseRequestHead(input.toString("latin1", 0, decodedBytes), 0, headLimits, headRules, head);
    }
    this.progress = head instanceof HeadIncomplete ? head : undefined;
    return head instanceof HeadIncomplete ? undefined : head;
  }

  /** Milliseconds the client has left to send the rest of its head. */
  get remainingMs(): number {
    return Math.max(1, this.startedAtMs + this.host.hosts.defaultServer.connection.headerTimeoutMs - performance.now());
  }

  /** What to log of a head that never became whole. */
  abandoned(input: Buffer | undefined, status: number, reason: string): HeadRefusal {
    const text = input?.toString("latin1", 0, Math.min(input.length, this.host.headLimits.largeBufferBytes)) ?? "";
    const head = this.progress?.head;
    const refusal = new HeadRefusal(status, reason, text.split(/\r?\n/, 1)[0] ?? "", head === undefined ? "line" : "headers");
    refusal.head = head;
    return refusal;
  }
}
