/** Why a request head is not served, with the status to answer and nginx's own words for the error log. */

import type { RequestHead } from "./request-head.ts";

export type HeadPart = "line" | "headers";

/** A request that is refused while its head is read. The connection closes after the answer: nothing behind such a head can be trusted. */
export class HeadRefusal {
  readonly kind = "refusal";
  /** Status for error_page and the access log; 494 is answered as 400 with its own page. */
  readonly status: number;
  /** nginx's words. */
  readonly reason: string;
  /** The request line as far as it came, for `$request`. */
  readonly requestLine: string;
  /** What was being read. */
  readonly part: HeadPart;
  /** 9 for a request that HTTP/0.9 would answer without a head, else 10. */
  readonly version: number;
  /** What had been read of the head: its request line and the fields before the broken one; undefined where not even the line could be. */
  head: RequestHead | undefined = undefined;

  constructor(status: number, reason: string, requestLine: string, part: HeadPart = "headers", version = 10) {
    this.status = status;
    this.reason = reason;
    this.requestLine = requestLine;
    this.part = part;
    this.version = version;
  }

  /** For the error log. */
  get logLine(): string {
    return `${this.reason} while reading client request ${this.part}`;
  }
}

/** A line up to and with the byte at `offendingAt`, that byte as `\xNN` and three dots: how nginx quotes a broken field line. */
export function quoteBrokenLine(line: string, offendingAt: number): string {
  if (offendingAt < 0 || offendingAt >= line.length) return line;
  return `${line.slice(0, offendingAt)}\\x${line.charCodeAt(offendingAt).toString(16).padStart(2, "0")}...`;
}
