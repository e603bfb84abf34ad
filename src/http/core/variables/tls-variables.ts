/** Variables of a TLS connection: without a value on plain ones, as in nginx (nginx.org: ngx_http_ssl_module, "Embedded Variables"). */

import type { RequestContext } from "../../request-context.ts";
import type { TlsInfo } from "../../tls-info.ts";
import type { VariableTable } from "../../variables.ts";
import { clientCertificateVariables } from "./client-certificate-variables.ts";

/** What OpenSSL knows and Node.js does not tell, or does not do. */
const NONE = (): string => "";

export const tlsVariables = {
  ssl_alpn_protocol: ofTls((tls) => tls.alpnProtocol),
  ssl_cipher: ofTls((tls) => tls.cipher),
  ssl_ciphers: ofTls((tls) => tls.offeredCiphers),
  ssl_curve: ofTls((tls) => tls.curve),
  ssl_curves: ofTls((tls) => tls.offeredCurves),
  ssl_early_data: NONE,
  ssl_ech_outer_server_name: NONE,
  ssl_ech_status: NONE,
  ssl_protocol: ofTls((tls) => tls.protocol),
  ssl_server_name: ofTls((tls) => tls.serverName),
  ssl_session_id: ofTls((tls) => tls.sessionId),
  ssl_session_reused: ofTls((tls) => (tls.isSessionReused ? "r" : ".")),
  ssl_sigalg: ofTls((tls) => tls.signatureScheme),
  ssl_sigalgs: ofTls((tls) => tls.offeredSignatureSchemes),
  ssl_client_sigalg: ofTls((tls) => tls.clientSignatureScheme),
  ...clientCertificateVariables,
  http2: (r: RequestContext) => (r.head.version !== 20 ? "" : r.exchange.connection.tls === undefined ? "h2c" : "h2"),
  http3: NONE,
} satisfies VariableTable;

function ofTls(read: (tls: TlsInfo) => string): (r: RequestContext) => string {
  return (r) => {
    const { tls } = r.exchange.connection;
    return tls === undefined ? "" : read(tls);
  };
}
