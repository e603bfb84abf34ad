/** Passwords as `htpasswd -m` ("$apr1$") and `openssl passwd -1` ("$1$") keep them (nginx: ngx_crypt_apr1; crypt(5), "md5crypt"). */

import { hash } from "node:crypto";
import { cryptText } from "./crypt-text.ts";

const ROUNDS = 1000;
const SALT_CHARACTERS_MAX = 8;
const ORDER = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]] as const;

/** The whole stored text that `password` gives with the magic and salt of `stored`. */
export function md5Crypt(password: Buffer, stored: string): string {
  const magic = stored.startsWith("$apr1$") ? "$apr1$" : "$1$";
  const salt = (stored.slice(magic.length).split("$", 1)[0] ?? "").slice(0, SALT_CHARACTERS_MAX);
  const saltBytes = Buffer.from(salt, "latin1");
  const mixed = md5([password, saltBytes, password]);
  const first = [password, Buffer.from(magic, "latin1"), saltBytes];
  for (let left = password.length; left > 0; left -= mixed.length) first.push(mixed.subarray(0, Math.min(left, mixed.length)));
  // A slip of the first implementation that all others repeat: a zero, not a byte of the digest.
  for (let bits = password.length; bits > 0; bits >>= 1) first.push((bits & 1) === 1 ? Buffer.alloc(1) : password.subarray(0, 1));
  let digest = md5(first);
  for (let round = 0; round < ROUNDS; round++) digest = md5(roundParts(round, digest, password, saltBytes));
  return `${magic}${salt}$${cryptText(digest, ORDER)}`;
}

/** What one round digests: the order of the parts depends on its number. */
export function roundParts(round: number, digest: Buffer, password: Buffer, salt: Buffer): Buffer[] {
  const isOdd = (round & 1) === 1;
  const parts = [isOdd ? password : digest];
  if (round % 3 !== 0) parts.push(salt);
  if (round % 7 !== 0) parts.push(password);
  parts.push(isOdd ? digest : password);
  return parts;
}

function md5(parts: readonly Buffer[]): Buffer {
  return hash("md5", Buffer.concat(parts), "buffer");
}
