/** What TLS connections to upstreams are made with: one OpenSSL context, and what goes with it from one handshake to the next. */

import { createHash } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import type { Declaration } from "../../http/module.ts";
import type { LogFile } from "../../log/log-file.ts";
import type { CommandOptions } from "../../net/tls/conf-command.ts";
import { opensslText } from "../../net/tls/openssl-text.ts";
import type { ProtocolRange } from "../../net/tls/protocol-range.ts";
import { SessionCache } from "./session-cache.ts";

/** Everything that two connections must have in common to be taken for one another. PEM texts, not paths. */
export interface TlsParameters {
  readonly protocols: ProtocolRange;
  readonly ciphers: string;
  readonly commands: CommandOptions;
  readonly verification: TlsVerification | undefined;
  readonly client: ClientCertificate | undefined;
  readonly reusesSessions: boolean;
  readonly alpn: readonly string[];
}

/** `*_ssl_verify on`. */
export interface TlsVerification {
  /** Certificates of authorities in PEM. */
  readonly trusted: string;
  readonly crls: readonly string[];
  /** Certificates allowed between the peer's and the authority's. */
  readonly depth: number;
}

export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
  /** As the directives name them, for messages. */
  readonly certificateName: string;
  readonly keyName: string;
  /** To be tried one after the other; none: the key is not encrypted. */
  readonly passwords: readonly string[];
}

export interface TlsContext {
  /** Equal for equal parameters. */
  readonly identity: string;
  readonly secureContext: SecureContext;
  readonly verification: TlsVerification | undefined;
  readonly hasClientCertificate: boolean;
  readonly alpn: readonly string[];
  /** Undefined where sessions are not reused. */
  readonly sessions: SessionCache | undefined;
  /** Undefined: secrets are not logged. */
  readonly keyLog: LogFile | undefined;
}

/** A snapshot's contexts by identity. */
export const TLS_CONTEXTS: Declaration<TlsContext> = { kind: "upstream TLS context" };

export function identityOf(parameters: TlsParameters, keyLogPath: string | undefined): string {
  return createHash("sha256")
    .update(JSON.stringify([parameters, keyLogPath ?? ""]))
    .digest("base64url");
}

/** The context, or nginx's words for what OpenSSL does not take. */
export function createTlsContext(
  parameters: TlsParameters,
  identity: string,
  keyLog: LogFile | undefined,
): TlsContext | { readonly complaint: string } {
  const { verification, alpn, reusesSessions, client } = parameters;
  const made = tryPasswords(client?.passwords ?? [], (passphrase) => createSecureContext(optionsOf(parameters, passphrase)));
  if (made instanceof Error) return { complaint: complaintOf(made, parameters) };
  return {
    identity,
    secureContext: made,
    verification,
    hasClientCertificate: client !== undefined,
    alpn,
    sessions: reusesSessions ? new SessionCache() : undefined,
    keyLog,
  };
}

function tryPasswords(passwords: readonly string[], create: (passphrase: string | undefined) => SecureContext): SecureContext | Error {
  let failure: unknown;
  for (const passphrase of passwords.length === 0 ? [undefined] : passwords) {
    try {
      return create(passphrase);
    } catch (error) {
      failure = error;
    }
  }
  return failure instanceof Error ? failure : new Error(String(failure));
}

function optionsOf(parameters: TlsParameters, passphrase: string | undefined): SecureContextOptions {
  const { protocols, ciphers, commands, verification, client } = parameters;
  const suites = commands.ciphersuites === undefined ? "" : `${commands.ciphersuites}:`;
  return {
    minVersion: protocols.minVersion,
    maxVersion: protocols.maxVersion,
    // Without this, Node would load its own list of authorities: nginx trusts none that is not named.
    ca: verification === undefined ? [] : [verification.trusted],
    ...(verification === undefined || verification.crls.length === 0 ? {} : { crl: [...verification.crls] }),
    ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...commands.options,
    ciphers: suites + (commands.options.ciphers ?? ciphers),
    secureOptions: (protocols.secureOptions | commands.secureOptions) >>> 0,
  };
}

/** By the call that nginx would have made: Node does not say which it was. */
function complaintOf(error: Error, { ciphers, commands, client }: TlsParameters): string {
  const why = opensslText(error);
  const code = (error as NodeJS.ErrnoException).code ?? "";
  if (code === "ERR_SSL_NO_CIPHER_MATCH") {
    const { ciphersuites } = commands;
    if (ciphersuites !== undefined && isRefused({ ciphers: `${ciphersuites}:DEFAULT` }))
      return commandComplaint("Ciphersuites", ciphersuites, why);
    return `SSL_CTX_set_cipher_list("${commands.options.ciphers ?? ciphers}") failed (${why})`;
  }
  if (commands.options.ecdhCurve !== undefined && isRefused({ ecdhCurve: commands.options.ecdhCurve })) {
    return commandComplaint("Groups", commands.options.ecdhCurve, why);
  }
  if (commands.options.sigalgs !== undefined && isRefused({ sigalgs: commands.options.sigalgs })) {
    return commandComplaint("SignatureAlgorithms", commands.options.sigalgs, why);
  }
  if (code === "ERR_OSSL_X509_KEY_VALUES_MISMATCH") return `SSL_CTX_use_PrivateKey("${client?.keyName}") failed (${why})`;
  if (client !== undefined) return `cannot load certificate key "${client.keyName}": PEM_read_bio_PrivateKey() failed (${why})`;
  return `SSL_CTX_new() failed (${why})`;
}

function commandComplaint(name: string, value: string, why: string): string {
  return `SSL_CONF_cmd("${name}", "${value}") failed (${why})`;
}

function isRefused(options: SecureContextOptions): boolean {
  return tryPasswords([], () => createSecureContext({ ca: [], ...options })) instanceof Error;
}
