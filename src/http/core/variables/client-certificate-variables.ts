/** Variables of the certificate that a TLS client sent (nginx: ngx_ssl_get_subject_dn and its neighbours in ngx_event_openssl.c). */

import { createHash, type X509Certificate } from "node:crypto";
import { verifyText } from "../../../net/tls/verify-texts.ts";
import { escapeUri } from "../../message/escape.ts";
import type { RequestContext } from "../../request-context.ts";
import type { TlsInfo } from "../../tls-info.ts";
import type { VariableTable } from "../../variables.ts";
import { legacyName, rfc2253Name } from "./distinguished-name.ts";

const DAY_MS = 86_400_000;

export const clientCertificateVariables = {
  // The lines behind the first are continued by a tab, for use in a request field.
  ssl_client_cert: ofClient((certificate) => rawPem(certificate).replace(/\n/g, "\n\t")),
  ssl_client_escaped_cert: ofClient((certificate) => escapeUri(certificate.toString(), "component")),
  ssl_client_fingerprint: ofClient((certificate) => createHash("sha1").update(certificate.raw).digest("hex")),
  ssl_client_i_dn: ofClient((certificate) => rfc2253Name(certificate.issuer)),
  ssl_client_i_dn_legacy: ofClient((certificate) => legacyName(certificate.issuer)),
  ssl_client_raw_cert: ofClient((certificate) => certificate.toString()),
  ssl_client_s_dn: ofClient((certificate) => rfc2253Name(certificate.subject)),
  ssl_client_s_dn_legacy: ofClient((certificate) => legacyName(certificate.subject)),
  ssl_client_serial: ofClient((certificate) => certificate.serialNumber),
  ssl_client_v_end: ofClient((certificate) => certificate.validTo),
  ssl_client_v_remain: ofClient((certificate) => remainingDays(certificate)),
  ssl_client_v_start: ofClient((certificate) => certificate.validFrom),
  ssl_client_verify: (r: RequestContext): string => {
    const { tls } = r.exchange.connection;
    return tls === undefined ? "" : verifyResult(tls);
  },
} satisfies VariableTable;

function ofClient(read: (certificate: X509Certificate) => string): (r: RequestContext) => string {
  return (r) => {
    const certificate = r.exchange.connection.tls?.clientCertificate;
    return certificate === undefined ? "" : read(certificate);
  };
}

function rawPem(certificate: X509Certificate): string {
  return certificate.toString().replace(/\n$/, "");
}

/** Whole days, none for a certificate that has ended. */
function remainingDays(certificate: X509Certificate): string {
  // nginx counts from the second that has begun.
  const nowMs = Math.floor(Date.now() / 1000) * 1000;
  return String(Math.max(0, Math.floor((Date.parse(certificate.validTo) - nowMs) / DAY_MS)));
}

function verifyResult({ clientCertificate, verifyError }: TlsInfo): string {
  if (clientCertificate === undefined) return "NONE";
  return verifyError === "" ? "SUCCESS" : `FAILED:${verifyText(verifyError).replace(/^\d+:/, "")}`;
}
