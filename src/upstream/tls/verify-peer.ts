/** Whether a peer is who it has to be, once the handshake is done (nginx: ngx_http_upstream_ssl_handshake, ngx_ssl_check_host). */

import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";
import { verifyText } from "../../net/tls/verify-texts.ts";
import type { TlsVerification } from "./tls-context.ts";

/** OpenSSL takes host names in ASCII; anything else matches no certificate. */
const HOST_NAME = /^[\x21-\x7e]+$/;

/** "", or nginx's words for why not. A resumed session stands for the certificate that was verified under the same rules and name. */
export function verifyPeer(socket: TLSSocket, verification: TlsVerification, name: string): string {
  // Node gives the name of the result here; its type says Error.
  if (!socket.authorized) return verifyError(String(socket.authorizationError));
  if (socket.isSessionReused()) return "";
  if (intermediatesOf(socket.getPeerCertificate(true)) > verification.depth) return verifyError("CERT_CHAIN_TOO_LONG");
  const certificate = socket.getPeerX509Certificate();
  if (certificate !== undefined && isFor(certificate, name)) return "";
  return `upstream SSL certificate does not match "${name}"`;
}

function verifyError(code: string): string {
  return `upstream SSL certificate verify error: (${verifyText(code)})`;
}

/** OpenSSL counts what stands between the peer's certificate and the authority's. */
function intermediatesOf(leaf: DetailedPeerCertificate): number {
  let intermediates = 0;
  let issuer = leaf.issuerCertificate;
  while (issuer !== undefined && issuer !== issuer.issuerCertificate && issuer.issuerCertificate !== undefined) {
    intermediates++;
    issuer = issuer.issuerCertificate;
  }
  return intermediates;
}

/** nginx compares host names alone; an address has to stand among the certificate's addresses. */
function isFor(certificate: X509Certificate, name: string): boolean {
  if (!HOST_NAME.test(name)) return false;
  const address = name.startsWith("[") ? name.slice(1, -1) : name;
  if (isIP(address) !== 0 && certificate.checkIP(address) !== undefined) return true;
  return certificate.checkHost(name) !== undefined;
}
