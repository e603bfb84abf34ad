/** What is wrong with the certificate that a client sent (nginx: SSL_get_verify_result, SSL_CTX_set_verify_depth). */

import type { DetailedPeerCertificate, TLSSocket } from "node:tls";

/** The part of Node's TLS handle that says how OpenSSL's verification ended: on the server's side only tls.Server passes it on. */
interface TlsHandle {
  verifyError(): NodeJS.ErrnoException | null | undefined;
}

/** OpenSSL's name of the error; "" for a good certificate. */
export function verifyErrorOf(socket: TLSSocket, depth: number): string {
  // Holds for every Node version that this program runs on; tests cover it.
  const handle = (socket as unknown as { readonly _handle: TlsHandle })._handle;
  const error = handle.verifyError();
  if (error !== null && error !== undefined) return error.code ?? "UNSPECIFIED";
  return intermediatesOf(socket.getPeerCertificate(true)) > depth ? "CERT_CHAIN_TOO_LONG" : "";
}

/** OpenSSL counts what stands between the client's certificate and the authority's. */
function intermediatesOf(leaf: DetailedPeerCertificate): number {
  let intermediates = 0;
  let issuer = leaf.issuerCertificate;
  while (issuer?.issuerCertificate !== undefined && issuer !== issuer.issuerCertificate) {
    intermediates++;
    issuer = issuer.issuerCertificate;
  }
  return intermediates;
}
