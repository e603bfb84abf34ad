/** What a closed or silent connection means, by how far the attempt had come. */

import type { AttemptStage } from "./attempt-listener.ts";
import { type UpstreamCause, UpstreamError } from "./upstream-error.ts";

/** The peer ended the connection before its answer did. */
export function closedError(stage: AttemptStage, hasAnswerBytes: boolean): UpstreamError {
  const beforeBody = hasAnswerBytes ? "closed_in_head" : "closed_without_answer";
  return new UpstreamError(stage === "reading upstream" ? "closed_in_body" : beforeBody, "upstream prematurely closed connection");
}

/** The time-out of the stage has run out. */
export function timeoutError(stage: AttemptStage): UpstreamError {
  return new UpstreamError(timeoutCause(stage), "upstream timed out (110: Connection timed out)");
}

function timeoutCause(stage: AttemptStage): UpstreamCause {
  switch (stage) {
    case "connecting to upstream":
      return "connect_timeout";
    case "sending request to upstream":
      return "send_timeout";
    case "reading response header from upstream":
    case "reading upstream":
    case "over":
      return "read_timeout";
  }
}
