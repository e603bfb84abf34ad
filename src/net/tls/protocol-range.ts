/** `*_ssl_protocols` as OpenSSL wants them: a range, and the versions within it that are switched off. */

import { constants } from "node:crypto";
import type { SecureVersion } from "node:tls";

/** Versions in order, with the option that switches each off. SSLv2 and SSLv3 are in no OpenSSL that Node is built with. */
const VERSIONS: readonly (readonly [version: SecureVersion, off: number])[] = [
  ["TLSv1", constants.SSL_OP_NO_TLSv1],
  ["TLSv1.1", constants.SSL_OP_NO_TLSv1_1],
  ["TLSv1.2", constants.SSL_OP_NO_TLSv1_2],
  ["TLSv1.3", constants.SSL_OP_NO_TLSv1_3],
];

export interface ProtocolRange {
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  readonly secureOptions: number;
}

/** nginx 1.23.4. */
const DEFAULT_PROTOCOLS: readonly string[] = ["TLSv1.2", "TLSv1.3"];

/** With no version that exists, every handshake fails, as in nginx. */
export function protocolRange(names: readonly string[]): ProtocolRange {
  const wanted = new Set(names.length === 0 ? DEFAULT_PROTOCOLS : names);
  const used = VERSIONS.filter(([version]) => wanted.has(version));
  const secureOptions = VERSIONS.reduce((options, [version, off]) => (wanted.has(version) ? options : options | off), 0);
  return { minVersion: used.at(0)?.[0] ?? "TLSv1.2", maxVersion: used.at(-1)?.[0] ?? "TLSv1.3", secureOptions };
}
