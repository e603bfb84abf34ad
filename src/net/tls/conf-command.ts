/** `*_ssl_conf_command`: OpenSSL's configuration commands, as far as Node has a way to give them (OpenSSL: SSL_CONF_cmd). */

import { constants } from "node:crypto";
import type { SecureContextOptions, SecureVersion } from "node:tls";

export interface ConfCommand {
  readonly name: string;
  readonly value: string;
}

/** What commands come to; `ciphersuites` stand apart since Node takes them in front of the ciphers. */
export interface CommandOptions {
  readonly options: SecureContextOptions;
  readonly ciphersuites: string | undefined;
  /** Bits of SSL_OP_*. */
  readonly secureOptions: number;
}

/** Of `Options`, by OpenSSL's names: the bits and the way of saying it that sets them; the other way is what holds anyhow. */
const OPTIONS: Readonly<Record<string, readonly [bits: number, setBy: "+" | "-"]>> = {
  sessionticket: [constants.SSL_OP_NO_TICKET, "-"],
  encryptthenmac: [constants.SSL_OP_NO_ENCRYPT_THEN_MAC, "-"],
  serverpreference: [constants.SSL_OP_CIPHER_SERVER_PREFERENCE, "+"],
  prioritizechacha: [constants.SSL_OP_PRIORITIZE_CHACHA, "+"],
  norenegotiation: [constants.SSL_OP_NO_RENEGOTIATION, "+"],
  unsafelegacyrenegotiation: [constants.SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION, "+"],
  unsafelegacyserverconnect: [constants.SSL_OP_LEGACY_SERVER_CONNECT, "+"],
};

const VERSIONS: Readonly<Record<string, SecureVersion>> = {
  tlsv1: "TLSv1",
  "tlsv1.1": "TLSv1.1",
  "tlsv1.2": "TLSv1.2",
  "tlsv1.3": "TLSv1.3",
};

type Effect = { -readonly [K in keyof CommandOptions]: CommandOptions[K] };

/** The options, or what is wrong with the first command that cannot be given. */
export function readCommands(commands: readonly ConfCommand[]): CommandOptions | { readonly complaint: string } {
  const effect: Effect = { options: {}, ciphersuites: undefined, secureOptions: 0 };
  for (const command of commands) {
    const reason = applyCommand(command, effect);
    if (reason !== "") return { complaint: `SSL_CONF_cmd("${command.name}", "${command.value}") failed (${reason})` };
  }
  return effect;
}

/** "" when it has been taken. Names are OpenSSL's, in any case. */
function applyCommand({ name, value }: ConfCommand, effect: Effect): string {
  switch (name.toLowerCase()) {
    case "ciphersuites":
      effect.ciphersuites = value;
      return "";
    case "cipherstring":
      effect.options.ciphers = value;
      return "";
    case "curves":
    case "groups":
      effect.options.ecdhCurve = value;
      return "";
    case "signaturealgorithms":
      effect.options.sigalgs = value;
      return "";
    case "minprotocol":
    case "maxprotocol":
      return applyVersion(name, value, effect);
    case "options":
      return applyOptions(name, value, effect);
    default:
      return `SSL: error:0A000182:SSL routines::unknown cmd name:cmd=${name}, or one that is not supported here`;
  }
}

function applyVersion(name: string, value: string, effect: Effect): string {
  const version = VERSIONS[value.toLowerCase()];
  if (version === undefined) return badValue(name, value);
  if (name.toLowerCase() === "minprotocol") effect.options.minVersion = version;
  else effect.options.maxVersion = version;
  return "";
}

/** `Options -SessionTicket,UnsafeLegacyServerConnect`. */
function applyOptions(name: string, value: string, effect: Effect): string {
  for (const word of value.split(",")) {
    const sign = word.startsWith("-") ? "-" : "+";
    const option = OPTIONS[word.replace(/^[+-]/, "").toLowerCase()];
    if (option === undefined) return badValue(name, value);
    const [bits, setBy] = option;
    if (sign === setBy) effect.secureOptions |= bits;
  }
  return "";
}

function badValue(name: string, value: string): string {
  return `SSL: error:0A000180:SSL routines::bad value:cmd=${name}, value=${value}`;
}
