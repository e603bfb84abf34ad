/** `secure_link_secret`: `/prefix/hash/link`, where the hash is of the link and the secret (nginx: ngx_http_secure_link_old_variable). */

import { createHash } from "node:crypto";
import { isSameHash } from "./is-same-hash.ts";

/** A prefix of one segment or more up to the first slash, 32 hexadecimal digits, and the link with its query. */
const PARTS = /^.[^/]*\/([0-9a-f]{32})\/(.+)$/is;

/** The link of a request target as it came; "" where the hash is not the right one. */
export function linkBehindHash(target: string, secret: string): string {
  const [, digits = "", link = ""] = PARTS.exec(target) ?? [];
  if (link === "") return "";
  const expected = createHash("md5")
    .update(link + secret, "latin1")
    .digest();
  return isSameHash(Buffer.from(digits, "hex"), expected) ? link : "";
}
