/** The key that session tickets are sealed with (nginx: ngx_ssl_session_ticket_keys; Node.js: tls.Server, `ticketKeys`). */

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { describeSystemError } from "../../../log/system-error.ts";
import type { SslConf } from "../../core/ssl-directives.ts";
import type { Scope } from "../../module.ts";
import { fullName } from "./named-certificates.ts";
import { TlsComplaint } from "./tls-complaint.ts";

const KEY_BYTES = 48;
const AES_256_KEY_BYTES = 80;

/** Under this name the process keeps the key of servers that name no file; all processes that serve one configuration need the same. */
export const TICKET_KEY = "tls ticket key";

/** Throws a TlsComplaint. */
export function readTicketKey(conf: SslConf, scope: Scope): Buffer {
  const [first, ...more] = conf.ssl_session_ticket_key;
  if (first === undefined) return scope.services.shared(TICKET_KEY, () => randomBytes(KEY_BYTES));
  if (more.length > 0) {
    scope.report({
      level: "warn",
      code: "ticket-keys",
      message: 'only the first "ssl_session_ticket_key" is used',
      span: scope.originOf("ssl_session_ticket_key") ?? scope.block.span,
      hint: "Node.js has one key: clients with a ticket under another make a full handshake",
    });
  }
  return readKeyFile(fullName(first, scope.paths.confPrefix));
}

/** As nginx reads it, 48 bytes of chance: all machines that have the file take one another's tickets up. */
function readKeyFile(path: string): Buffer {
  let key: Buffer;
  try {
    key = readFileSync(Buffer.from(path, "latin1"));
  } catch (error) {
    const why = describeSystemError(error as NodeJS.ErrnoException);
    throw new TlsComplaint("ssl_session_ticket_key", `open() "${path}" failed (${why})`);
  }
  if (key.length === AES_256_KEY_BYTES) {
    const message = `"${path}" is a key for AES-256, which Node.js does not seal tickets with`;
    throw new TlsComplaint("ssl_session_ticket_key", message, "make one of 48 bytes: openssl rand 48 > ticket.key");
  }
  if (key.length !== KEY_BYTES) throw new TlsComplaint("ssl_session_ticket_key", `"${path}" must be 48 or 80 bytes`);
  return key;
}
