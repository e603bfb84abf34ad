/** `secure_link` and `secure_link_md5`: a hash in base64url and the time up to which it holds (nginx: ngx_http_secure_link_variable). */

import { createHash } from "node:crypto";
import { isSameHash } from "./is-same-hash.ts";

export type LinkVerdict =
  /** The hash is missing or wrong. */
  | { readonly state: "not found"; readonly expires: string }
  /** The hash is right. `expires` is the time as written, "" for a link that has none. */
  | { readonly state: "good" | "expired"; readonly expires: string };

/** Sixteen bytes in base64url, with or without their padding. */
const HASH = /^([A-Za-z0-9_-]{22})(?:=.{0,1})?$/s;

/** The largest time that nginx counts to. */
const SECONDS_MAX = 2 ** 63 - 1;

/** `value` is `hash` or `hash,seconds since the epoch`; `hashed` the text that the hash has to be of. */
export function checkLink(value: string, hashed: string, nowSeconds: number): LinkVerdict {
  const comma = value.indexOf(",");
  const hash = comma === -1 ? value : value.slice(0, comma);
  const time = comma === -1 ? "" : value.slice(comma + 1);
  const seconds = /^\d+$/.test(time) ? Number(time) : 0;
  if (comma !== -1 && (seconds === 0 || seconds > SECONDS_MAX)) return { state: "not found", expires: "" };
  const [, digits] = HASH.exec(hash) ?? [];
  if (digits === undefined) return { state: "not found", expires: time };
  const expected = createHash("md5").update(hashed, "latin1").digest();
  if (!isSameHash(Buffer.from(digits, "base64url"), expected)) return { state: "not found", expires: time };
  return { state: comma !== -1 && seconds < nowSeconds ? "expired" : "good", expires: time };
}
