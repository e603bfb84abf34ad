/** The keys of session tickets (nginx: ngx_ssl_session_ticket_keys; Node.js: tls.Server, `ticketKeys`). */

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { describeSystemError } from "../../../log/system-error.ts";
import type { SslConf } from "../../core/ssl-directives.ts";
import type { Scope } from "../../module.ts";
import { fullName } from "./named-certificates.ts";
import { TlsComplaint } from "./tls-complaint.ts";

const KEY_BYTES = 48;
const AES_256_KEY_BYTES = 80;
/** A key begins with its name, which goes into each ticket in the clear. */
const NAME_BYTES = 16;

/** Under this name the process keeps the key of servers that name no file; all processes that serve one configuration need the same. */
export const TICKET_KEY = "tls ticket key";

/** The first seals tickets; the older ones behind it open those that were sealed before. */
export type TicketKeys = readonly [Buffer, ...(readonly Buffer[])];

/** Throws a TlsComplaint. */
export function readTicketKeys(conf: SslConf, scope: Scope): TicketKeys {
  const [first, ...older] = conf.ssl_session_ticket_key;
  if (first === undefined) return [scope.services.shared(TICKET_KEY, () => randomBytes(KEY_BYTES))];
  const read = (name: string): Buffer => readKeyFile(fullName(name, scope.paths.confPrefix));
  return [read(first), ...older.map(read)];
}

/** Which of them has this name; -1: none. */
export function findTicketKey(keys: readonly Buffer[], name: Buffer): number {
  return keys.findIndex((key) => key.subarray(0, NAME_BYTES).equals(name));
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
