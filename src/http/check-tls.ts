/** What a TLS listener demands of a request before it is served (nginx: ngx_http_process_request, ngx_http_set_virtual_server). */

import { verifyText } from "../net/tls/verify-texts.ts";
import type { RequestContext } from "./request-context.ts";
import { logRequestError } from "./request-log.ts";
import type { TlsInfo } from "./tls-info.ts";

/** nginx's `optional_no_ca`: who has signed it is not asked (ngx_ssl_verify_error_optional). */
const UNKNOWN_AUTHORITY: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_UNTRUSTED",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** The status of a refusal: plain HTTP where TLS is spoken (497), another server's handshake (421), a bad certificate (495) or none (496). */
export function checkTls(r: RequestContext): number | undefined {
  const { isPlainOnTls, tls } = r.exchange.connection;
  if (isPlainOnTls) {
    logRefusal(r, "client sent plain HTTP request to HTTPS port");
    return 497;
  }
  if (tls === undefined || r.server.tls === undefined || r.server.tls.verifyClient === "off") return undefined;
  if (isMisdirected(r, tls, r.server.tls.identity)) {
    logRefusal(r, "client attempted to request the server name different from the one that was negotiated");
    r.closesConnection = true;
    return 421;
  }
  return checkClient(r, tls, r.server.tls.verifyClient);
}

/** A certificate that was verified for another server says nothing here; that of a server with the same rules does. */
function isMisdirected(r: RequestContext, tls: TlsInfo, identity: string): boolean {
  // nginx: a request without a Host is one to the default server, whatever was negotiated.
  if (tls.negotiatedName !== "" && tls.negotiatedName !== (r.head.authority?.host ?? "")) return true;
  return tls.identity !== identity && tls.clientCertificate !== undefined;
}

function checkClient(r: RequestContext, tls: TlsInfo, verifyClient: "on" | "optional" | "optional_no_ca"): number | undefined {
  const { verifyError } = tls;
  if (verifyError !== "" && (verifyClient !== "optional_no_ca" || !UNKNOWN_AUTHORITY.has(verifyError))) {
    logRefusal(r, `client SSL certificate verify error: (${verifyText(verifyError)})`);
    return 495;
  }
  if (verifyClient === "on" && tls.clientCertificate === undefined) {
    logRefusal(r, "client sent no required SSL certificate");
    return 496;
  }
  return undefined;
}

function logRefusal(r: RequestContext, reason: string): void {
  logRequestError(r, "info", `${reason} while reading client request headers`);
}
