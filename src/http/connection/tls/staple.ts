/** The OCSP response that is sent with the certificate (nginx: ngx_ssl_stapling; RFC 6066 section 8). */

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { describeSystemError } from "../../../log/system-error.ts";
import type { SslConf } from "../../core/ssl-directives.ts";
import type { Scope } from "../../module.ts";
import type { CertificatePair } from "./certificate-pair.ts";
import { fullName } from "./named-certificates.ts";
import { TlsComplaint } from "./tls-complaint.ts";

/** What to send; undefined where nothing is. Throws a TlsComplaint. */
export function readStaple(conf: SslConf, scope: Scope, pairs: readonly CertificatePair[] | undefined): Buffer | undefined {
  if (!conf.ssl_stapling || pairs === undefined) return undefined;
  if (conf.ssl_stapling_file !== undefined) return readResponse(fullName(conf.ssl_stapling_file, scope.paths.confPrefix));
  for (const { certificate } of pairs) reportIgnored(new X509Certificate(certificate), scope);
  return undefined;
}

/** nginx leaves stapling off, and says so, for a certificate that names no responder; those of most authorities name none any more. */
function reportIgnored(certificate: X509Certificate, scope: Scope): void {
  const hasResponder = /^OCSP - URI:/m.test(certificate.infoAccess ?? "") || scope.originOf("ssl_stapling_responder") !== undefined;
  scope.report({
    level: "warn",
    code: "stapling",
    message: `"ssl_stapling" ignored, ${hasResponder ? "responders are not asked" : "no OCSP responder URL in the certificate"}`,
    span: scope.originOf("ssl_stapling") ?? scope.block.span,
    ...(hasResponder ? { hint: 'give the response with "ssl_stapling_file"' } : {}),
  });
}

function readResponse(path: string): Buffer {
  try {
    return readFileSync(Buffer.from(path, "latin1"));
  } catch (error) {
    const why = describeSystemError(error as NodeJS.ErrnoException);
    throw new TlsComplaint("ssl_stapling_file", `BIO_new_file("${path}") failed (${why})`);
  }
}
