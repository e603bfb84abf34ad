/** `secure_link` and `secure_link_md5`: a hash in base64url and the time up to which it holds (nginx: ngx_http_secure_link_variable). */

import { createHash } from "node:crypto";
import { isSameHash } from "./is-same-hash.ts";

/** What a request brings: the hash, and the time as written, "" for a link that has none. */
export interface Link {
  readonly hash: string;
  readonly expires: string;
}

/** Sixteen bytes in base64url, with or without their padding. */
const HASH = /^([A-Za-z0-9_-]{22})(?:=.{0,1})?$/s;

/** The largest time that nginx counts to. */
const SECONDS_MAX = 2 ** 63 - 1;

/** Reads `hash` or `hash,seconds since the epoch`; undefined where what should be a time is none. */
export function readLink(value: string): Link | undefined {
  const comma = value.indexOf(",");
  if (comma === -1) return { hash: value, expires: "" };
  const expires = value.slice(comma + 1);
  const seconds = /^\d+$/.test(expires) ? Number(expires) : 0;
  return seconds === 0 || seconds > SECONDS_MAX ? undefined : { hash: value.slice(0, comma), expires };
}

/** Whether the link's hash is that of the text `hashed`, and whether it is still in time. */
export function checkLink({ hash, expires }: Link, hashed: string, nowSeconds: number): "wrong" | "expired" | "good" {
  const [, digits] = HASH.exec(hash) ?? [];
  if (digits === undefined) return "wrong";
  const expected = createHash("md5").update(hashed, "latin1").digest();
  if (!isSameHash(Buffer.from(digits, "base64url"), expected)) return "wrong";
  return expires !== "" && Number(expires) < nowSeconds ? "expired" : "good";
}
