/** The `*_ssl_*` directives of a location, checked and read at load; see `compileTls` (nginx: ngx_http_proxy_set_ssl). */

import { resolve } from "node:path";
import type { Scope } from "../../http/module.ts";
import type { RequestContext } from "../../http/request-context.ts";
import { logRequestError } from "../../http/request-log.ts";
import type { LogFile } from "../../log/log-file.ts";
import { describeSystemError } from "../../log/system-error.ts";
import { CertificateCache, NO_CERTIFICATE_CACHE } from "../../net/tls/certificate-cache.ts";
import { readCommands } from "../../net/tls/conf-command.ts";
import { protocolRange } from "../../net/tls/protocol-range.ts";
import { readCrls, readPasswords, readTrusted } from "../../net/tls/read-pem.ts";
import { hasVariables, readClientCertificate, sourceName, stampOf } from "./client-certificates.ts";
import { type ClientCertificate, createTlsContext, identityOf, TLS_CONTEXTS, type TlsContext, type TlsParameters } from "./tls-context.ts";
import type { TlsConf } from "./tls-directives.ts";

/** The context of a request; a number is the status to answer instead, already logged. */
export type FindTlsContext = (r: RequestContext) => TlsContext | number;

type Complaint = { readonly complaint: string };

/** The context of all requests, or a way to find each one's where variables name the client certificate. Undefined: reported. */
export function compileTls(conf: TlsConf, prefix: string, scope: Scope): TlsContext | FindTlsContext | undefined {
  const complain = (directive: keyof TlsConf, message: string): undefined => {
    const span = scope.originOf(`${prefix}_${directive}`);
    scope.report({ level: "emerg", code: "upstream-tls", message, ...(span === undefined ? {} : { span }) });
    return undefined;
  };
  if (conf.ssl_certificate !== undefined && conf.ssl_certificate_key === undefined) {
    const message = `no "${prefix}_ssl_certificate_key" is defined for certificate "${conf.ssl_certificate.text}"`;
    return complain("ssl_certificate", message);
  }
  const commands = readCommands(conf.ssl_conf_command);
  if ("complaint" in commands) return complain("ssl_conf_command", commands.complaint);
  const passwords = passwordsOf(conf, scope);
  if ("complaint" in passwords) return complain("ssl_password_file", passwords.complaint);
  const verification = verificationOf(conf, prefix, scope);
  if (verification !== undefined && "complaint" in verification) return complain(verification.directive, verification.complaint);
  const keyLog = openKeyLog(conf, scope);
  if (keyLog !== undefined && "complaint" in keyLog) return complain("ssl_key_log", keyLog.complaint);
  const shared = {
    protocols: protocolRange(conf.ssl_protocols.flat()),
    ciphers: conf.ssl_ciphers,
    commands,
    verification,
    reusesSessions: conf.ssl_session_reuse,
    alpn: conf.ssl_alpn ?? [],
  };
  if (hasVariables(conf.ssl_certificate) || hasVariables(conf.ssl_certificate_key)) {
    return evaluatedContexts(conf, passwords.passwords, shared, keyLog, scope);
  }
  const client = literalCertificate(conf, passwords.passwords, scope);
  if (client !== undefined && "complaint" in client) return complain("ssl_certificate", client.complaint);
  const context = contextFor({ ...shared, client }, keyLog, scope);
  return "complaint" in context ? complain(client === undefined ? "ssl_ciphers" : "ssl_certificate", context.complaint) : context;
}

/** One context for all locations of a snapshot that ask for the same. */
function contextFor(parameters: TlsParameters, keyLog: LogFile | undefined, scope: Scope): TlsContext | Complaint {
  const identity = identityOf(parameters, keyLog?.path);
  const known = scope.find(TLS_CONTEXTS, identity);
  if (known !== undefined) return known;
  const made = createTlsContext(parameters, identity, keyLog);
  if (!("complaint" in made)) scope.declare(TLS_CONTEXTS, identity, made);
  return made;
}

function passwordsOf(conf: TlsConf, scope: Scope): { readonly passwords: readonly string[] } | Complaint {
  if (conf.ssl_password_file === undefined) return { passwords: [] };
  return readPasswords(resolve(scope.paths.confPrefix, conf.ssl_password_file));
}

function verificationOf(
  conf: TlsConf,
  prefix: string,
  scope: Scope,
): TlsParameters["verification"] | (Complaint & { readonly directive: keyof TlsConf }) {
  if (!conf.ssl_verify) return undefined;
  const directive = "ssl_trusted_certificate";
  if (conf.ssl_trusted_certificate === undefined || conf.ssl_trusted_certificate === "")
    return { complaint: `no ${prefix}_ssl_trusted_certificate for ${prefix}_ssl_verify`, directive: "ssl_verify" };
  const trusted = readTrusted(resolve(scope.paths.confPrefix, conf.ssl_trusted_certificate));
  if ("complaint" in trusted) return { ...trusted, directive };
  const depth = conf.ssl_verify_depth;
  if (conf.ssl_crl === undefined || conf.ssl_crl === "") return { trusted: trusted.text, crls: [], depth };
  const crls = readCrls(resolve(scope.paths.confPrefix, conf.ssl_crl));
  return "complaint" in crls ? { ...crls, directive: "ssl_crl" } : { trusted: trusted.text, crls: crls.lists, depth };
}

/** nginx: the secrets of every connection go to the file, in the form that Wireshark reads. */
function openKeyLog(conf: TlsConf, scope: Scope): LogFile | Complaint | undefined {
  if (conf.ssl_key_log === undefined) return undefined;
  const path = resolve(scope.paths.confPrefix, conf.ssl_key_log);
  try {
    return scope.services.logFiles.open(path);
  } catch (error) {
    return { complaint: `open() "${path}" failed (${describeSystemError(error as NodeJS.ErrnoException)})` };
  }
}

function literalCertificate(conf: TlsConf, passwords: readonly string[], scope: Scope): ClientCertificate | Complaint | undefined {
  const { ssl_certificate: certificate, ssl_certificate_key: key } = conf;
  if (certificate === undefined || key === undefined || certificate.text === "") return undefined;
  return readClientCertificate(certificate.text, key.text, passwords, scope.paths.confPrefix);
}

/** Contexts for certificates that each request names. An empty name is no certificate. */
function evaluatedContexts(
  conf: TlsConf,
  passwords: readonly string[],
  shared: Omit<TlsParameters, "client">,
  keyLog: LogFile | undefined,
  scope: Scope,
): FindTlsContext {
  const none = { text: "", span: undefined, parts: [] };
  const certificate = scope.template(conf.ssl_certificate ?? none);
  const key = scope.template(conf.ssl_certificate_key ?? none);
  const { confPrefix } = scope.paths;
  const contexts = new CertificateCache<TlsContext | Complaint>(conf.ssl_certificate_cache ?? NO_CERTIFICATE_CACHE);
  const create = (certificateText: string, keyText: string): TlsContext | Complaint => {
    const client = certificateText === "" ? undefined : readClientCertificate(certificateText, keyText, passwords, confPrefix);
    if (client !== undefined && "complaint" in client) return client;
    const parameters = { ...shared, client };
    return createTlsContext(parameters, identityOf(parameters, keyLog?.path), keyLog);
  };
  return (r) => {
    const certificateText = certificate.evaluate(r);
    const keyText = key.evaluate(r);
    const stamp = (): string => stampOf([sourceName(certificateText, confPrefix), sourceName(keyText, confPrefix)]);
    const context = contexts.get(`${certificateText}\0${keyText}`, performance.now(), stamp, () => create(certificateText, keyText));
    if (!("complaint" in context)) return context;
    logRequestError(r, "error", context.complaint);
    return 500;
  };
}
