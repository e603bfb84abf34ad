/** The final head of an upstream's answer, interim ones (100 Continue, 103 Early Hints) passed over or on. */

import { parseResponseHead, type ResponseDialect, type ResponseHead, ResponseRefusal } from "../http/message/response-head.ts";
import { EARLY_HINTS, type EarlyHints } from "./early-hints.ts";
import { UpstreamError } from "./upstream-error.ts";

export function readHttp1Head(
  bytes: Buffer,
  _sentHead: string,
  bytesMax: number,
  hints: EarlyHints | undefined,
): ResponseHead | UpstreamError | undefined {
  return readAnswerHead(bytes, "http1", bytesMax, hints);
}

export function readCgiHead(bytes: Buffer, _sentHead: string, bytesMax: number): ResponseHead | UpstreamError | undefined {
  return readAnswerHead(bytes, "cgi", bytesMax, undefined);
}

/** Reads from the answer's first byte on; undefined while more bytes are needed. 101 counts as final: it begins a tunnel. */
function readAnswerHead(
  bytes: Buffer,
  dialect: ResponseDialect,
  bytesMax: number,
  hints: EarlyHints | undefined,
): ResponseHead | UpstreamError | undefined {
  const text = bytes.toString("latin1", 0, Math.min(bytes.length, bytesMax));
  let from = 0;
  for (;;) {
    const head = parseResponseHead(text, from, dialect, bytesMax - from);
    if (head === undefined) return undefined;
    if (head instanceof ResponseRefusal) return refusedHead(head, bytes);
    if (head.status < 100 || head.status >= 200 || head.status === 101) return head;
    if (head.status === EARLY_HINTS) hints?.passUpTo(head.end, head.names, head.values);
    from = head.end;
  }
}

function refusedHead(refusal: ResponseRefusal, bytes: Buffer): UpstreamError {
  if (refusal.error === "too_big_header") return new UpstreamError("head_too_big", refusal.detail);
  // A TLS record begins with its type and version: an alert (21) or a handshake (22), 3.
  if ((bytes[0] === 21 || bytes[0] === 22) && bytes[1] === 3) return new UpstreamError("answered_tls", refusal.detail);
  return new UpstreamError("invalid_head", refusal.detail);
}
