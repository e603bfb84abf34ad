/** Certificates whose names hold variables: read in the handshake that asks for them (nginx: ngx_http_ssl_certificate, ngx_ssl_connection_certificate). */

import { statSync } from "node:fs";
import type { SecureContext } from "node:tls";
import { CertificateCache, type CertificateCacheSetting, NO_CERTIFICATE_CACHE } from "../../../net/tls/certificate-cache.ts";
import { opensslText } from "../../../net/tls/openssl-text.ts";
import type { CompiledServer } from "../../compiled.ts";
import type { ConnectionInfo } from "../../connection-info.ts";
import type { Template } from "../../template.ts";
import { type CertificatePair, readCertificatePair } from "./certificate-pair.ts";
import { requestOfHandshake } from "./request-of-handshake.ts";

export interface CertificateNames {
  readonly certificate: Template;
  readonly key: Template;
  /** Relative names are below it. */
  readonly prefix: string;
  readonly isConstant: boolean;
}

/** The context for one handshake; a sentence where there is none. */
export type ContextOf = (connection: ConnectionInfo, server: CompiledServer) => SecureContext | string;

/** Contexts by the names that the variables give, bounded as `ssl_certificate_cache` says. */
export function namedCertificates(
  names: readonly CertificateNames[],
  passwords: readonly string[],
  setting: CertificateCacheSetting | undefined,
  create: (pairs: readonly CertificatePair[]) => SecureContext,
): ContextOf {
  const cache = new CertificateCache<SecureContext | string>(setting ?? NO_CERTIFICATE_CACHE);
  return (connection, server) => {
    const r = requestOfHandshake(connection, server);
    const evaluated = names.map(({ certificate, key, prefix }) => [
      fullName(certificate.evaluate(r), prefix),
      fullName(key.evaluate(r), prefix),
    ]);
    const files = evaluated.flat();
    return cache.get(
      JSON.stringify(files),
      performance.now(),
      () => files.map(stampOf).join(" "),
      () => createNamed(evaluated, passwords, create),
    );
  };
}

function createNamed(
  evaluated: readonly (readonly string[])[],
  passwords: readonly string[],
  create: (pairs: readonly CertificatePair[]) => SecureContext,
): SecureContext | string {
  const pairs: CertificatePair[] = [];
  for (const [certificate = "", key = ""] of evaluated) {
    const pair = readCertificatePair(certificate, key, passwords);
    if ("complaint" in pair) return pair.complaint;
    pairs.push(pair);
  }
  try {
    return create(pairs);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `SSL_use_certificate() failed (${opensslText(error)})`;
  }
}

/** Tells one state of a file from another. */
function stampOf(name: string): string {
  if (name.startsWith("data:")) return "";
  const stat = statSync(Buffer.from(name, "latin1"), { throwIfNoEntry: false });
  return stat === undefined ? "-" : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}`;
}

/** A path is below the configuration's directory unless it is absolute. */
export function fullName(name: string, prefix: string): string {
  return /^(?:\/|data:|engine:|store:)/.test(name) ? name : prefix + name;
}
