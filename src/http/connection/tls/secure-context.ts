/** An OpenSSL context for the server's side, from PEM texts and options that have been looked at before. */

import { constants } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import type { CommandOptions } from "../../../net/tls/conf-command.ts";
import type { ProtocolRange } from "../../../net/tls/protocol-range.ts";
import type { CertificatePair } from "./certificate-pair.ts";

/** All that makes one server's handshakes differ from another's, but for its certificates. PEM texts, not paths. */
export interface TlsParameters {
  readonly protocols: ProtocolRange;
  readonly ciphers: string;
  readonly prefersServerCiphers: boolean;
  /** OpenSSL's list, or "auto". */
  readonly curves: string;
  readonly dhparam: string | undefined;
  readonly commands: CommandOptions;
  readonly verifyClient: "off" | "on" | "optional" | "optional_no_ca";
  readonly verifyDepth: number;
  /** Certificates of the authorities that may sign clients' certificates. */
  readonly trusted: readonly string[];
  readonly crls: readonly string[];
  readonly hasTickets: boolean;
  readonly sessionTimeoutS: number;
}

/** OpenSSL's limit of a session id context. */
const SESSION_ID_CONTEXT_CHARS = 32;
/** Of the SSL_OP_* bits these are the ones that no configuration may change. A client must not renegotiate (CVE-2009-3555, CVE-2011-1473). */
const ALWAYS = constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION;

/** `rules` keeps a session from being taken up under other ones (CVE-2025-23419). Throws what OpenSSL says. */
export function createServerContext(
  parameters: TlsParameters,
  pairs: readonly CertificatePair[],
  rules: string,
  ticketKey: Buffer,
): SecureContext {
  return createSecureContext({
    ...contextOptions(parameters),
    cert: pairs.map((pair) => pair.certificate),
    key: pairs.map(({ key, passphrase }) => (passphrase === undefined ? { pem: key } : { pem: key, passphrase })),
    sessionIdContext: rules.slice(0, SESSION_ID_CONTEXT_CHARS),
    ticketKeys: ticketKey,
  });
}

/** The same without certificates: to find out whether OpenSSL takes it. */
export function contextOptions(parameters: TlsParameters): SecureContextOptions {
  const { protocols, commands, ciphers, curves, dhparam, crls } = parameters;
  const suites = commands.ciphersuites === undefined ? "" : `${commands.ciphersuites}:`;
  return {
    minVersion: protocols.minVersion,
    maxVersion: protocols.maxVersion,
    // Without this, Node would load its own list of authorities: clients are trusted for what the configuration names alone.
    ca: [...parameters.trusted],
    ...(crls.length === 0 ? {} : { crl: [...crls] }),
    ...(dhparam === undefined ? {} : { dhparam }),
    ecdhCurve: curves,
    sessionTimeout: parameters.sessionTimeoutS,
    ...commands.options,
    ciphers: suites + (commands.options.ciphers ?? ciphers),
    secureOptions: (ALWAYS | protocols.secureOptions | commands.secureOptions | ownOptions(parameters)) >>> 0,
  };
}

/** A session that stands for a verified client is not taken up again: neither a CRL nor a chain would be looked at any more. */
function ownOptions({ prefersServerCiphers, hasTickets, verifyClient }: TlsParameters): number {
  const preference = prefersServerCiphers ? constants.SSL_OP_CIPHER_SERVER_PREFERENCE : 0;
  return preference | (hasTickets && verifyClient === "off" ? 0 : constants.SSL_OP_NO_TICKET);
}
