/** From a server's `ssl_*` directives to what its handshakes are made with. Everything that can be wrong is found when the configuration is loaded. */

import { createHash } from "node:crypto";
import type { SecureContext } from "node:tls";
import type { ErrorLog } from "../../../log/error-log.ts";
import { type SslConf, sslDirectives } from "../../core/ssl-directives.ts";
import type { Declaration, Scope } from "../../module.ts";
import { type CertificatePair, readCertificatePair } from "./certificate-pair.ts";
import { createHandshakeOwner } from "./handshake-owners.ts";
import { type CertificateNames, type ContextOf, fullName, namedCertificates } from "./named-certificates.ts";
import { type ReadParameters, readTlsParameters } from "./read-tls-parameters.ts";
import { createServerContext } from "./secure-context.ts";
import type { ServerTls } from "./server-tls.ts";
import { LocalSessionCache, SESSION_CACHES, type SessionCache, sessionCacheId, sessionCachesOf } from "./session-cache.ts";
import { type NamedPair, readStaple } from "./staple.ts";
import { findTicketKey, readTicketKeys, type TicketKeys } from "./ticket-key.ts";
import { TlsComplaint } from "./tls-complaint.ts";

/** By identity: servers that say the same share one. */
const SERVER_TLS: Declaration<ServerTls> = { kind: "TLS of a server" };

/** What has been reported. */
const COMPLAINTS: Declaration<true> = { kind: "complaint about TLS" };

/** Undefined where no certificate is set; mistakes are reported at their directives. What fails later, outside of a connection, goes to `errorLog`. */
export function compileServerTls(scope: Scope, errorLog: ErrorLog): ServerTls | undefined {
  const conf = scope.settings(sslDirectives);
  if (conf.ssl_certificate.length === 0 && !conf.ssl_reject_handshake) return undefined;
  try {
    return compile(conf, scope, errorLog);
  } catch (error) {
    if (!(error instanceof TlsComplaint)) throw error;
    const span = scope.originOf(error.directive) ?? scope.block.span;
    // Servers that inherit the same directives have the same mistake.
    if (!scope.declare(COMPLAINTS, `${error.message} ${span.source.path} ${span.start}`, true)) return undefined;
    scope.report({ level: "emerg", code: "tls", message: error.message, span, ...(error.hint === "" ? {} : { hint: error.hint }) });
    return undefined;
  }
}

/** Throws a TlsComplaint. */
function compile(conf: SslConf, scope: Scope, errorLog: ErrorLog): ServerTls {
  const names = certificateNames(conf, scope);
  const parameters = readTlsParameters(conf, scope.paths.confPrefix);
  const pairs = names.some(({ isConstant }) => !isConstant) ? undefined : readPairs(names, parameters.passwords);
  const ticketKeys = readTicketKeys(conf, scope);
  const certified = pairs ?? [names.map(({ certificate, key }) => [certificate.source, key.source]), conf.ssl_certificate_cache];
  const { ssl_reject_handshake, ssl_session_cache, ssl_buffer_size } = conf;
  const others = [ssl_reject_handshake, ssl_session_cache, ssl_buffer_size, stapling(conf)];
  const rules = digestOf([parameters.tls, certified, others]);
  const identity = digestOf([rules, ticketKeys.map((key) => key.toString("hex"))]);
  const known = scope.find(SERVER_TLS, identity);
  if (known !== undefined) return known;
  const created = createServerTls(conf, scope, { ...parameters, rules, identity, ticketKeys, pairs, names, errorLog });
  scope.declare(SERVER_TLS, identity, created);
  return created;
}

function digestOf(distinguishing: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(distinguishing)).digest("hex");
}

/** What has been read of a server's directives. */
interface ServerParts extends ReadParameters {
  /** Sessions are taken up under the same rules alone, whichever keys there are by then. */
  readonly rules: string;
  readonly identity: string;
  readonly ticketKeys: TicketKeys;
  /** Undefined where the names hold variables. */
  readonly pairs: readonly CertificatePair[] | undefined;
  readonly names: readonly CertificateNames[];
  readonly errorLog: ErrorLog;
}

/** What tells one server's stapling from another's. */
function stapling(conf: SslConf): readonly unknown[] {
  if (!conf.ssl_stapling) return [];
  const { ssl_stapling_file, ssl_stapling_responder, ssl_stapling_verify, ssl_trusted_certificate, ssl_client_certificate } = conf;
  return ["on", ssl_stapling_file, ssl_stapling_responder, ssl_stapling_verify, ssl_trusted_certificate, ssl_client_certificate];
}

function namePairs(pairs: readonly CertificatePair[] | undefined, names: readonly CertificateNames[]): readonly NamedPair[] {
  return (pairs ?? []).map((pair, index) => {
    const { certificate, prefix } = names[index] ?? {};
    return { ...pair, name: fullName(certificate?.source ?? "", prefix ?? "") };
  });
}

function createServerTls(conf: SslConf, scope: Scope, parts: ServerParts): ServerTls {
  const { tls: parameters, passwords, rules, identity, ticketKeys, pairs, names, errorLog } = parts;
  // Node.js has one ticket key in a context: a ticket is opened in the one whose key it names.
  const contextOf = (ticketKey: Buffer): ContextOf => {
    const create = (each: readonly CertificatePair[]): SecureContext => createServerContext(parameters, each, rules, ticketKey);
    if (pairs === undefined) return namedCertificates(names, passwords, conf.ssl_certificate_cache, create);
    const fixed = createFixed(create, pairs);
    return () => fixed;
  };
  const [firstKey, ...olderKeys] = ticketKeys;
  const first = contextOf(firstKey);
  const older = olderKeys.map(contextOf);
  // Sessions of verified clients are not kept: see createServerContext().
  const keepsSessions = conf.ssl_session_cache.mode === "kept" && parameters.verifyClient === "off";
  const services = {
    cache: keepsSessions ? openSessionCache(conf, identity, scope) : undefined,
    sessionTimeoutS: parameters.sessionTimeoutS,
    staple: readStaple(conf, scope, namePairs(pairs, names), errorLog),
  };
  return {
    identity,
    verifyClient: parameters.verifyClient,
    verifyDepth: parameters.verifyDepth,
    rejectsHandshake: conf.ssl_reject_handshake,
    recordBytesMax: conf.ssl_buffer_size,
    contextFor: (connection, server, { ticketKeyName }) => (older[findTicketKey(olderKeys, ticketKeyName)] ?? first)(connection, server),
    sessionOwner: services.cache === undefined ? undefined : createHandshakeOwner(services),
    stapleOwner: services.staple === undefined ? undefined : createHandshakeOwner({ ...services, cache: undefined }),
  };
}

/** One with a name may be the master's; `builtin` is that of the process, as in nginx. */
function openSessionCache({ ssl_session_cache: { name, sessionsMax } }: SslConf, identity: string, scope: Scope): SessionCache {
  if (name === "") return scope.services.shared(`tls sessions ${identity}`, () => new LocalSessionCache(sessionsMax));
  const id = sessionCacheId(name, sessionsMax);
  scope.declare(SESSION_CACHES, id, true);
  return sessionCachesOf(scope.services).open(id, sessionsMax);
}

/** What OpenSSL does not take now although each part of it was taken is told of at the certificate. */
function createFixed(create: (pairs: readonly CertificatePair[]) => SecureContext, pairs: readonly CertificatePair[]): SecureContext {
  try {
    return create(pairs);
  } catch (error) {
    throw TlsComplaint.of("ssl_certificate", "SSL_CTX_use_certificate() failed", error);
  }
}

function certificateNames(conf: SslConf, scope: Scope): readonly CertificateNames[] {
  const { ssl_certificate, ssl_certificate_key } = conf;
  const last = ssl_certificate.at(-1);
  if (last !== undefined && ssl_certificate_key.length < ssl_certificate.length) {
    throw new TlsComplaint("ssl_certificate", `no "ssl_certificate_key" is defined for certificate "${last.text}"`);
  }
  const prefix = scope.paths.confPrefix;
  return ssl_certificate.map((text, index) => {
    const keyText = ssl_certificate_key[index] ?? text;
    const certificate = scope.template(text);
    const key = scope.template(keyText);
    return { certificate, key, prefix, isConstant: certificate.constant !== undefined && key.constant !== undefined };
  });
}

function readPairs(names: readonly CertificateNames[], passwords: readonly string[]): readonly CertificatePair[] {
  return names.map(({ certificate, key, prefix }) => {
    const pair = readCertificatePair(fullName(certificate.source, prefix), fullName(key.source, prefix), passwords);
    if ("complaint" in pair) throw new TlsComplaint("ssl_certificate", pair.complaint);
    return pair;
  });
}
