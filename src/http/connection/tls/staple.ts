/** The OCSP response that is sent with the certificate (nginx: ngx_ssl_stapling; RFC 6066 section 8). */

import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ErrorLog } from "../../../log/error-log.ts";
import { describeSystemError } from "../../../log/system-error.ts";
import { certificatesOf, readTrusted } from "../../../net/tls/read-pem.ts";
import type { SslConf } from "../../core/ssl-directives.ts";
import type { Scope } from "../../module.ts";
import { AskedStaple, type StapleSource } from "./asked-staple.ts";
import type { CertificatePair } from "./certificate-pair.ts";
import { fullName } from "./named-certificates.ts";
import { TlsComplaint } from "./tls-complaint.ts";

/** Gives what to send in a handshake; undefined where there is nothing, for the moment. */
export type Staple = () => Buffer | undefined;

/** A pair and the path that its certificate was read from. */
export interface NamedPair extends CertificatePair {
  readonly name: string;
}

/** Undefined where nothing is ever sent. Failures to get a response go to `log`. Throws a TlsComplaint. */
export function readStaple(conf: SslConf, scope: Scope, pairs: readonly NamedPair[], log: ErrorLog): Staple | undefined {
  const [pair, ...others] = pairs;
  if (!conf.ssl_stapling || pair === undefined) return undefined;
  if (conf.ssl_stapling_file !== undefined) {
    const response = readResponse(fullName(conf.ssl_stapling_file, scope.paths.confPrefix));
    return () => response;
  }
  // OpenSSL asks for the response before it has chosen one of them.
  if (others.length > 0) return ignore(scope, "a responder is asked for a server's only certificate", "");
  const source = readSource(conf, scope, pair);
  if (source === undefined) return undefined;
  const staple = sharedStaple(source, scope);
  return () => staple.current(Date.now(), log);
}

/** Undefined, and reported, where nginx leaves stapling off as well. */
function readSource(conf: SslConf, scope: Scope, { certificate: pem, name }: NamedPair): StapleSource | undefined {
  const certificate = new X509Certificate(pem);
  const candidates = [...certificatesOf(pem).slice(1), ...readAuthorities(conf, scope)];
  const issuer = candidates.find((candidate) => certificate.checkIssued(candidate) && certificate.verify(candidate.publicKey));
  if (issuer === undefined) return ignore(scope, "issuer certificate not found for certificate", name);
  const address = conf.ssl_stapling_responder ?? /^OCSP - URI:(.*)$/m.exec(certificate.infoAccess ?? "")?.[1];
  if (address === undefined) return ignore(scope, "no OCSP responder URL in the certificate", name);
  if (!/^http:\/\//i.test(address)) return ignore(scope, `invalid URL prefix in OCSP responder "${address}" in the certificate`, name);
  if (!URL.canParse(address)) return ignore(scope, `invalid URL in OCSP responder "${address}" in the certificate`, name);
  return { name, certificate, issuer, responder: new URL(address), verifiesSigner: conf.ssl_stapling_verify };
}

/** Certificates that may have issued ours; nginx looks at the same. */
function readAuthorities(conf: SslConf, scope: Scope): readonly X509Certificate[] {
  return [conf.ssl_trusted_certificate, conf.ssl_client_certificate].flatMap((name) => {
    if (name === undefined) return [];
    const read = readTrusted(fullName(name, scope.paths.confPrefix));
    if ("complaint" in read) throw new TlsComplaint("ssl_stapling", read.complaint);
    return certificatesOf(read.text);
  });
}

/** One for all servers with the certificate, kept through reloads: a response that is still good is not asked for again. */
function sharedStaple(source: StapleSource, { services }: Scope): AskedStaple {
  const { certificate, issuer, responder, verifiesSigner } = source;
  const digest = createHash("sha256").update(certificate.raw).update(issuer.raw).digest("hex");
  return services.shared(`OCSP response ${digest} ${responder.href} ${verifiesSigner}`, () => {
    const ended = new AbortController();
    services.onExit(() => ended.abort());
    return new AskedStaple(source, ended.signal);
  });
}

function ignore(scope: Scope, why: string, name: string): undefined {
  const span = scope.originOf("ssl_stapling") ?? scope.block.span;
  const message = `"ssl_stapling" ignored, ${why}${name === "" ? "" : ` "${name}"`}`;
  scope.report({ level: "warn", code: "stapling", message, span });
  return undefined;
}

function readResponse(path: string): Buffer {
  try {
    return readFileSync(Buffer.from(path, "latin1"));
  } catch (error) {
    const why = describeSystemError(error as NodeJS.ErrnoException);
    throw new TlsComplaint("ssl_stapling_file", `BIO_new_file("${path}") failed (${why})`);
  }
}
