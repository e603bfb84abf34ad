/** Which protocol a client asks to switch to (RFC 9110 section 7.8), and which of these wishes are never granted. */

import type { RequestHead } from "../http/message/request-head.ts";

/** HTTP/2 behind an upgrade would carry requests past every rule of this server: "h2c", its drafts, and other names for it. */
const NAMES_HTTP2 = /(?:^|,)[\t ]*(?:h2|http\/2)/i;

/** True for an Upgrade value that names HTTP/2 among others. */
export function namesHttp2(upgrade: string): boolean {
  return NAMES_HTTP2.test(upgrade);
}

/** The Upgrade fields' value; undefined where none was sent that counts: the RFC ignores those before HTTP/1.1 and without "Connection: upgrade". */
export function requestedUpgrade(head: RequestHead): string | undefined {
  if (head.upgrade === undefined || head.version !== 11 || !head.connectionUpgrade) return undefined;
  const upgrade = head.field("upgrade");
  return upgrade === undefined || namesHttp2(upgrade) ? undefined : upgrade;
}
