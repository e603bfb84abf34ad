/** Whether a password is the one that a password file keeps (nginx: ngx_crypt, and crypt(3) behind it). */

import { hash, timingSafeEqual } from "node:crypto";
import { matchesBcrypt } from "./bcrypt.ts";
import { md5Crypt } from "./md5-crypt.ts";
import { shaCrypt } from "./sha-crypt.ts";

/** crypt(3) takes no longer ones (libxcrypt: CRYPT_MAX_PASSPHRASE_SIZE): hashing again and again must not be made expensive from outside. */
const PASSWORD_BYTES_MAX = 512;
const SHA1_BYTES = 20;

/** "unknown": the text is kept in a way that is not known here. */
export type Verification = boolean | "unknown";

/** Ways that take one step, and those that take many: `isSlow` says which have to be remembered. */
export interface Scheme {
  readonly prefix: string;
  readonly isSlow: boolean;
  readonly verify: (password: Buffer, stored: string) => Verification | Promise<Verification>;
}

const SCHEMES: readonly Scheme[] = [
  { prefix: "{PLAIN}", isSlow: false, verify: (password, stored) => isSame(password.toString("latin1"), stored.slice(7)) },
  { prefix: "{SHA}", isSlow: false, verify: (password, stored) => isSame(`{SHA}${sha1([password]).toString("base64")}`, stored) },
  { prefix: "{SSHA}", isSlow: false, verify: verifySalted },
  { prefix: "$2a$", isSlow: true, verify: matchesBcrypt },
  { prefix: "$2b$", isSlow: true, verify: matchesBcrypt },
  { prefix: "$2y$", isSlow: true, verify: matchesBcrypt },
  { prefix: "$apr1$", isSlow: true, verify: (password, stored) => isSame(md5Crypt(password, stored), stored) },
  { prefix: "$1$", isSlow: true, verify: (password, stored) => isSame(md5Crypt(password, stored), stored) },
  { prefix: "$5$", isSlow: true, verify: async (password, stored) => isSame(await shaCrypt(password, stored), stored) },
  { prefix: "$6$", isSlow: true, verify: async (password, stored) => isSame(await shaCrypt(password, stored), stored) },
];

/** The way a stored text is made; undefined for one that is not known here (DES, yescrypt, plain text without "{PLAIN}"). */
export function schemeOf(stored: string): Scheme | undefined {
  return SCHEMES.find(({ prefix }) => stored.startsWith(prefix));
}

/** `password` is latin1 text, as it came. */
export function verifyPassword(password: string, stored: string): Verification | Promise<Verification> {
  const scheme = schemeOf(stored);
  if (scheme === undefined) return "unknown";
  return scheme.isSlow && password.length > PASSWORD_BYTES_MAX ? false : scheme.verify(Buffer.from(password, "latin1"), stored);
}

/** RFC 2307 with a salt: base64 of the digest with the salt behind it. */
function verifySalted(password: Buffer, stored: string): boolean {
  const kept = Buffer.from(stored.slice("{SSHA}".length), "base64");
  if (kept.length < SHA1_BYTES) return false;
  return timingSafeEqual(sha1([password, kept.subarray(SHA1_BYTES)]), kept.subarray(0, SHA1_BYTES));
}

function sha1(parts: readonly Buffer[]): Buffer {
  return hash("sha1", Buffer.concat(parts), "buffer");
}

/** Takes equally long wherever two texts of one length differ. */
function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one, "latin1"), Buffer.from(other, "latin1"));
}
