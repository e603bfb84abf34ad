/** What a client and we agreed on in a TLS handshake: the values of the `$ssl_*` variables, worked out when they are asked for. */

import type { X509Certificate } from "node:crypto";

export interface TlsInfo {
  /** Name the client asked for (SNI) as it was sent; "" without one. */
  readonly serverName: string;
  /** The same as a host, where it chose a server among several; else "". */
  readonly negotiatedName: string;
  /** Which rules the handshake was made under: equal to that of a server with the same certificates and the same demands on clients. */
  readonly identity: string;
  /** "TLSv1.3" */
  readonly protocol: string;
  /** OpenSSL's name of it. */
  readonly cipher: string;
  /** What ALPN agreed on; "" without. */
  readonly alpnProtocol: string;
  readonly isSessionReused: boolean;
  /** Hexadecimal. */
  readonly sessionId: string;
  /** What the client offers, named as OpenSSL does, joined by ":". */
  readonly offeredCiphers: string;
  readonly offeredCurves: string;
  readonly offeredSignatureSchemes: string;
  /** The group that keys were exchanged in; "" where there was none. */
  readonly curve: string;
  /** What our side signed the handshake with, and the client; "" where nobody did, or where it cannot be told. */
  readonly signatureScheme: string;
  readonly clientSignatureScheme: string;
  /** Undefined when the client sent none, or was not asked. */
  readonly clientCertificate: X509Certificate | undefined;
  /** OpenSSL's name of what is wrong with the client's certificate, as "CERT_HAS_EXPIRED"; "" when nothing is, or there is none. */
  readonly verifyError: string;
}
