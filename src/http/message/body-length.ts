/** How the body after a request head is framed: the one place where Content-Length meets Transfer-Encoding. Source: RFC 9112 section 6.3. */

/** No body, exactly `bytes` bytes, or the chunked coding. */
export type BodyFraming = { readonly kind: "none" } | { readonly kind: "length"; readonly bytes: number } | { readonly kind: "chunked" };

/** A framing that is answered with `status` and not read at all. */
export interface FramingRefusal {
  readonly kind: "refused";
  readonly status: number;
  readonly reason: string;
}

export const NO_BODY: BodyFraming = { kind: "none" };
export const CHUNKED_BODY: BodyFraming = { kind: "chunked" };

const INT64_MAX = 2n ** 63n - 1n;

/**
 * The framing of a request body. `version` is 9, 10, 11 or 20; the values are the fields' only ones (a doubled field never gets here).
 * Refuses as nginx does: both fields 400, another coding than exactly `chunked` 501, a coding on HTTP/1.0 400, a length that is not digits 400.
 */
export function requestBodyFraming(
  version: number,
  contentLength: string | undefined,
  transferEncoding: string | undefined,
): BodyFraming | FramingRefusal {
  if (contentLength === undefined && transferEncoding === undefined) return NO_BODY;
  const length = contentLength === undefined ? 0 : parseContentLength(contentLength);
  if (length === "invalid") return refuse(400, 'client sent invalid "Content-Length" header');
  if (transferEncoding !== undefined) return codedFraming(version, transferEncoding, contentLength !== undefined);
  if (length === "too_large") return refuse(413, `client intended to send too large body: ${contentLength} bytes`);
  return { kind: "length", bytes: length };
}

/** Bytes in a Content-Length value: digits only. Past 2^53-1 it is "too_large"; past 2^63-1, where nginx's offsets end, "invalid". */
export function parseContentLength(value: string): number | "invalid" | "too_large" {
  if (value.length > 64 || !/^[0-9]+$/.test(value)) return "invalid";
  const bytes = Number(value);
  if (Number.isSafeInteger(bytes)) return bytes;
  return BigInt(value) > INT64_MAX ? "invalid" : "too_large";
}

function codedFraming(version: number, transferEncoding: string, hasLength: boolean): BodyFraming | FramingRefusal {
  if (version < 11) return refuse(400, 'client sent HTTP/1.0 request with "Transfer-Encoding" header');
  if (transferEncoding.length !== 7 || transferEncoding.toLowerCase() !== "chunked") {
    return refuse(501, `client sent unknown "Transfer-Encoding": "${transferEncoding}"`);
  }
  return hasLength ? refuse(400, 'client sent "Content-Length" and "Transfer-Encoding" headers at the same time') : CHUNKED_BODY;
}

function refuse(status: number, reason: string): FramingRefusal {
  return { kind: "refused", status, reason };
}
