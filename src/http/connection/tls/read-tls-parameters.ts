/** Reads what a server's `ssl_*` directives name, and asks OpenSSL about each part, so that a refusal is told of where it was written. */

import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { describeSystemError } from "../../../log/system-error.ts";
import { type CommandOptions, readCommands } from "../../../net/tls/conf-command.ts";
import { fopenText } from "../../../net/tls/openssl-text.ts";
import { protocolRange } from "../../../net/tls/protocol-range.ts";
import { readCrls, readPasswords, readTrusted } from "../../../net/tls/read-pem.ts";
import type { SslConf } from "../../core/ssl-directives.ts";
import { fullName } from "./named-certificates.ts";
import type { TlsParameters } from "./secure-context.ts";
import { TlsComplaint } from "./tls-complaint.ts";

export interface ReadParameters {
  readonly tls: TlsParameters;
  readonly passwords: readonly string[];
}

/** Throws a TlsComplaint. `prefix`: relative files are below it. */
export function readTlsParameters(conf: SslConf, prefix: string): ReadParameters {
  const { ssl_ciphers: ciphers, ssl_ecdh_curve: curves, ssl_verify_client: verifyClient } = conf;
  askOpenssl("ssl_ciphers", `SSL_CTX_set_cipher_list("${ciphers}") failed`, { ciphers });
  askOpenssl("ssl_ecdh_curve", `SSL_CTX_set1_curves_list("${curves}") failed`, { ecdhCurve: curves });
  return {
    passwords: conf.ssl_password_file === undefined ? [] : readOwnPasswords(fullName(conf.ssl_password_file, prefix)),
    tls: {
      protocols: protocolRange(conf.ssl_protocols),
      ciphers,
      prefersServerCiphers: conf.ssl_prefer_server_ciphers,
      curves,
      dhparam: conf.ssl_dhparam === undefined ? undefined : readDhparam(fullName(conf.ssl_dhparam, prefix)),
      commands: readOwnCommands(conf),
      verifyClient,
      verifyDepth: conf.ssl_verify_depth,
      trusted: readAuthorities(conf, prefix),
      crls: conf.ssl_crl === undefined ? [] : readOwnCrls(fullName(conf.ssl_crl, prefix)),
      hasTickets: conf.ssl_session_tickets,
      sessionTimeoutS: conf.ssl_session_timeout,
    },
  };
}

function askOpenssl(directive: string, call: string, options: SecureContextOptions): void {
  try {
    createSecureContext({ ca: [], ...options });
  } catch (error) {
    throw TlsComplaint.of(directive, call, error);
  }
}

function readAuthorities(conf: SslConf, prefix: string): readonly string[] {
  const { ssl_client_certificate: client, ssl_trusted_certificate: trusted, ssl_verify_client: verifyClient } = conf;
  if (client === undefined && trusted === undefined && (verifyClient === "on" || verifyClient === "optional")) {
    throw new TlsComplaint("ssl_verify_client", "no ssl_client_certificate or ssl_trusted_certificate for ssl_verify_client");
  }
  const read = (directive: string, name: string | undefined): readonly string[] => {
    if (name === undefined) return [];
    const pem = readTrusted(fullName(name, prefix));
    if ("complaint" in pem) throw new TlsComplaint(directive, pem.complaint);
    return [pem.text];
  };
  const authorities = [...read("ssl_client_certificate", client), ...read("ssl_trusted_certificate", trusted)];
  return verifyClient === "off" ? [] : authorities;
}

function readOwnCrls(path: string): readonly string[] {
  const read = readCrls(path);
  if ("complaint" in read) throw new TlsComplaint("ssl_crl", read.complaint);
  return read.lists;
}

function readOwnPasswords(path: string): readonly string[] {
  const read = readPasswords(path);
  if ("complaint" in read) throw new TlsComplaint("ssl_password_file", read.complaint);
  return read.passwords;
}

function readDhparam(path: string): string {
  let dhparam: string;
  try {
    dhparam = readFileSync(Buffer.from(path, "latin1"), "latin1");
  } catch (error) {
    const systemError = error as NodeJS.ErrnoException;
    const systemText = describeSystemError(systemError).replace(/^\d+: /, "");
    throw new TlsComplaint("ssl_dhparam", `BIO_new_file("${path}") failed (${fopenText(path, systemError, systemText)})`);
  }
  // Node takes what is no such file for nothing.
  if (!dhparam.includes("-----BEGIN DH PARAMETERS-----") && !dhparam.includes("-----BEGIN X9.42 DH PARAMETERS-----")) {
    const why = "SSL: error:0480006C:PEM routines::no start line:Expecting: DH PARAMETERS";
    throw new TlsComplaint("ssl_dhparam", `PEM_read_bio_DHparams("${path}") failed (${why})`);
  }
  askOpenssl("ssl_dhparam", `PEM_read_bio_DHparams("${path}") failed`, { dhparam });
  return dhparam;
}

/** Commands are asked about one by one, since OpenSSL does not say which one it did not take. */
function readOwnCommands(conf: SslConf): CommandOptions {
  const commands = readCommands(conf.ssl_conf_command);
  if ("complaint" in commands) throw new TlsComplaint("ssl_conf_command", commands.complaint);
  for (const command of conf.ssl_conf_command) {
    const single = readCommands([command]);
    if ("complaint" in single) continue;
    const { ciphersuites, options } = single;
    const call = `SSL_CONF_cmd("${command.name}", "${command.value}") failed`;
    askOpenssl("ssl_conf_command", call, ciphersuites === undefined ? options : { ciphers: `${ciphersuites}:DEFAULT` });
  }
  return commands;
}
