/** A TLS handshake with a peer that came to nothing, in nginx's words (nginx: ngx_ssl_handshake, ngx_http_upstream_ssl_handshake). */

import { isOpensslError, opensslText } from "../../net/tls/openssl-text.ts";
import { UpstreamError } from "../upstream-error.ts";

/** The handshake is done, and the peer is not who it has to be. The message is nginx's line. */
export class RejectedPeerError extends Error {
  override readonly name = "RejectedPeerError";
}

export function handshakeError(error: NodeJS.ErrnoException): UpstreamError {
  if (error instanceof RejectedPeerError) return new UpstreamError("certificate_rejected", error.message);
  if (isOpensslError(error)) {
    const cause = error.code === "ERR_SSL_WRONG_VERSION_NUMBER" ? "not_tls" : "tls_failed";
    return new UpstreamError(cause, `SSL_do_handshake() failed (${opensslText(error)})`);
  }
  // Node calls an orderly end a reset too, and gives no number then.
  const reset = error.errno === undefined ? "" : " (104: Connection reset by peer)";
  return new UpstreamError("tls_closed", `peer closed connection in SSL handshake${reset}`);
}
