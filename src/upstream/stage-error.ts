/** What a closed or silent connection means, by how far the attempt had come. */

import type { AttemptStage } from "./attempt-listener.ts";
import type { PeerAddress } from "./peer-address.ts";
import { brokenConnectionError, connectError } from "./system-error.ts";
import { handshakeError } from "./tls/handshake-error.ts";
import { type UpstreamCause, UpstreamError } from "./upstream-error.ts";

/** The peer ended the connection before its answer did. */
export function closedError(stage: AttemptStage, hasAnswerBytes: boolean): UpstreamError {
  if (stage === "SSL handshaking to upstream") return new UpstreamError("tls_closed", "peer closed connection in SSL handshake");
  const beforeBody = hasAnswerBytes ? "closed_in_head" : "closed_without_answer";
  return new UpstreamError(stage === "reading upstream" ? "closed_in_body" : beforeBody, "upstream prematurely closed connection");
}

/** The connection failed. */
export function socketError(stage: AttemptStage, error: NodeJS.ErrnoException, address: PeerAddress): UpstreamError {
  if (stage === "connecting to upstream") return connectError(error, address);
  return stage === "SSL handshaking to upstream" ? handshakeError(error) : brokenConnectionError(error);
}

/** The time-out of the stage has run out. */
export function timeoutError(stage: AttemptStage): UpstreamError {
  return new UpstreamError(timeoutCause(stage), "upstream timed out (110: Connection timed out)");
}

function timeoutCause(stage: AttemptStage): UpstreamCause {
  switch (stage) {
    case "connecting to upstream":
      return "connect_timeout";
    case "SSL handshaking to upstream":
      return "tls_timeout";
    case "sending request to upstream":
      return "send_timeout";
    case "reading response header from upstream":
    case "reading upstream":
    case "proxying upgraded connection":
    case "over":
      return "read_timeout";
  }
}
