/** Failures that say nothing about the peer: the same one is tried again, and nobody hears of it. */

import { maySendAgain, type NextUpstreamPolicy } from "./next-upstream.ts";
import type { UpstreamAttempt } from "./upstream-attempt.ts";
import type { UpstreamError } from "./upstream-error.ts";

/** What was sent. */
export interface SentRequest {
  readonly method: string;
  /** The body comes straight from the client and cannot be sent twice. */
  readonly isStreamed: boolean;
}

/**
 * A kept connection that the peer closed as the request was sent, if sending it again does no harm; and an HTTP/2 stream that the peer says it
 * has not looked at, whatever the request asks for (RFC 9113, section 8.7).
 */
export function mayRetryAtOnce(attempt: UpstreamAttempt, error: UpstreamError, policy: NextUpstreamPolicy, sent: SentRequest): boolean {
  if (attempt.hasAnswerBytes) return false;
  if (error.causeCode === "stream_refused") return !sent.isStreamed;
  if (!attempt.isReused || error.kind !== "error" || error.causeCode === "stream_reset") return false;
  return maySendAgain(policy, sent.method, sent.isStreamed);
}
