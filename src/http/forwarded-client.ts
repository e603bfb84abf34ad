/** Whom a proxy in front speaks for, by the lists of addresses it sent (nginx: ngx_http_get_forwarded_addr, ngx_parse_addr_port). */

import { ipBytes } from "../net/ip-address.ts";

/** An address as its bytes, with the port where one was told, else "". */
export interface ForwardedClient {
  readonly bytes: string;
  readonly port: string;
}

/** "last": the address that the nearest proxy added; "last untrusted": behind all addresses of trusted proxies. */
export type Choice = "last" | "last untrusted";

/**
 * Reads `lines` from the end, an address at a time, as long as whoever told of it is trusted: first the `peer` itself. Undefined when the peer
 * is not trusted or said nothing that is an address.
 */
export function findForwardedClient(
  peer: string,
  lines: readonly string[],
  isTrusted: (bytes: string) => boolean,
  choice: Choice,
): ForwardedClient | undefined {
  let found: ForwardedClient | undefined;
  let teller = peer;
  for (let index = lines.length - 1; index >= 0; index--) {
    let rest: string | undefined = lines[index];
    while (rest !== undefined) {
      if (!isTrusted(teller)) return found;
      const start = lastItemStart(rest);
      const client = parseClient(rest.slice(start).replace(/[ ,]+$/, ""));
      if (client === undefined) return found;
      if (choice === "last") return client;
      found = client;
      teller = client.bytes;
      rest = start === 0 ? undefined : rest.slice(0, start - 1);
    }
  }
  return found;
}

/** Where the last item of a list begins; commas and spaces part items, and may follow the last. */
function lastItemStart(list: string): number {
  let at = list.length - 1;
  while (at > 0 && isSeparator(list, at)) at--;
  while (at > 0 && !isSeparator(list, at)) at--;
  return at > 0 ? at + 1 : 0;
}

function isSeparator(list: string, at: number): boolean {
  const code = list.charCodeAt(at);
  return code === 0x20 || code === 0x2c;
}

const IN_BRACKETS = /^\[([^\]]*)\](?::(\d{1,5}))?$/;
const WITH_PORT = /^([^:]*):(\d{1,5})$/;

/** `1.2.3.4`, `1.2.3.4:567`, `::1`, `[::1]`, `[::1]:567`. */
function parseClient(text: string): ForwardedClient | undefined {
  const plain = ipBytes(text);
  if (plain !== undefined) return { bytes: plain, port: "" };
  const [, address = "", port] = IN_BRACKETS.exec(text) ?? WITH_PORT.exec(text) ?? [];
  const bytes = ipBytes(address);
  if (bytes === undefined) return undefined;
  if (port === undefined) return { bytes, port: "" };
  const number = Number(port);
  return number >= 1 && number <= 65_535 ? { bytes, port: String(number) } : undefined;
}
