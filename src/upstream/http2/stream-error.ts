/** What the end of a stream means that had not finished its answer (RFC 9113, sections 5.4, 7 and 8.7). */

import type { AttemptStage } from "../attempt-listener.ts";
import { closedError } from "../stage-error.ts";
import { brokenConnectionError } from "../system-error.ts";
import { UpstreamError } from "../upstream-error.ts";
import type { Http2Session } from "./http2-session.ts";

/** By number: RFC 9113, section 7. */
const CODE_NAMES = [
  "NO_ERROR",
  "PROTOCOL_ERROR",
  "INTERNAL_ERROR",
  "FLOW_CONTROL_ERROR",
  "SETTINGS_TIMEOUT",
  "STREAM_CLOSED",
  "FRAME_SIZE_ERROR",
  "REFUSED_STREAM",
  "CANCEL",
  "COMPRESSION_ERROR",
  "CONNECT_ERROR",
  "ENHANCE_YOUR_CALM",
  "INADEQUATE_SECURITY",
  "HTTP_1_1_REQUIRED",
];

/** What is known when a stream has ended too early. */
export interface StreamEnd {
  readonly session: Http2Session;
  /** The stream's code; Node's own for a lost connection is CANCEL. */
  readonly code: number;
  readonly error: NodeJS.ErrnoException | undefined;
  readonly stage: AttemptStage;
  readonly hasAnswerBytes: boolean;
}

export function streamError({ session, code, error, stage, hasAnswerBytes }: StreamEnd): UpstreamError {
  if (error?.code === "ERR_HTTP2_ERROR" || session.failure?.code === "ERR_HTTP2_ERROR") return brokenProtocol(session, stage);
  const failure = session.failure ?? error;
  if (failure?.syscall !== undefined) return brokenConnectionError(failure);
  if (failure?.code === "ERR_HTTP2_SESSION_ERROR") {
    return new UpstreamError("stream_reset", `upstream closed HTTP/2 connection with error ${codeText(code)}`);
  }
  if (session.isGone) return closedError(stage, hasAnswerBytes);
  return new UpstreamError("stream_reset", `upstream reset HTTP/2 stream with error ${codeText(code)}`);
}

/** Bytes that are no HTTP/2: from the first one on, or later. */
function brokenProtocol(session: Http2Session, stage: AttemptStage): UpstreamError {
  if (!session.isConfirmed) return new UpstreamError("not_http2", "upstream sent no valid HTTP/2 connection preface");
  return new UpstreamError(stage === "reading upstream" ? "invalid_body" : "invalid_head", "upstream sent invalid HTTP/2 frame");
}

function codeText(code: number): string {
  return `${code} (${CODE_NAMES[code] ?? "unknown"})`;
}
