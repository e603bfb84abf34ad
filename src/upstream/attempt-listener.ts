/** What an attempt is given and whom it tells: the seam between one try at a peer and the request's way as a whole. */

import type { ResponseHead } from "../http/message/response-head.ts";
import type { AnswerFraming } from "./answer-framing.ts";
import type { EarlyHints } from "./early-hints.ts";
import type { UpstreamAttempt } from "./upstream-attempt.ts";
import type { UpstreamConnection } from "./upstream-connection.ts";
import type { UpstreamError } from "./upstream-error.ts";

export interface AttemptTimeouts {
  readonly connectTimeoutMs: number;
  readonly sendTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** The head of an answer has to fit. */
  readonly headBytesMax: number;
  readonly socketKeepalive: boolean;
}

export interface AttemptListener {
  /** Of the attempt under way: takes what comes ahead of the answer; undefined: nobody wants it. */
  readonly hints: EarlyHints | undefined;
  /** The head is here. `rest`, what came behind it, is good during the call; the listener calls `streamTo`, `complete` or `close`. */
  answered(attempt: UpstreamAttempt, head: ResponseHead, framing: AnswerFraming, rest: Buffer): void;
  /** Before the head or within the body. The attempt has closed its connection. */
  attemptFailed(attempt: UpstreamAttempt, error: UpstreamError): void;
  /** The client's body cannot be had. The attempt has closed its connection. */
  requestBodyFailed(attempt: UpstreamAttempt, error: Error): void;
  /** The body has been read to its end. The connection, if it was this request's, is the listener's to keep when `isReusable`, else closed. */
  bodyComplete(attempt: UpstreamAttempt, connection: UpstreamConnection | undefined, isReusable: boolean): void;
}

/** Where an attempt stands; the texts are nginx's for the error log. */
export type AttemptStage =
  | "connecting to upstream"
  | "SSL handshaking to upstream"
  | "sending request to upstream"
  | "reading response header from upstream"
  | "reading upstream"
  | "proxying upgraded connection"
  | "over";
