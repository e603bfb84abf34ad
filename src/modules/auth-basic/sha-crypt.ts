/** Passwords as `mkpasswd` and `openssl passwd -5`, `-6` keep them: "$5$", "$6$". Source: Ulrich Drepper, "Unix crypt using SHA-256 and SHA-512". */

import { hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { cryptText } from "./crypt-text.ts";
import { roundParts } from "./md5-crypt.ts";

const SALT_CHARACTERS_MAX = 16;
const ROUNDS = { usual: 5000, min: 1000, max: 999_999_999 };
/** About a millisecond's work: then others have their turn. */
const ROUNDS_AT_ONCE = 500;
const FORMAT = /^\$([56])\$(?:rounds=(\d+)\$)?([^$]*)/;

type Algorithm = "sha256" | "sha512";

/** The whole stored text that `password` gives with the settings of `stored`. */
export async function shaCrypt(password: Buffer, stored: string): Promise<string> {
  const [, kind = "6", rounds, writtenSalt = ""] = FORMAT.exec(stored) ?? [];
  const algorithm = kind === "5" ? "sha256" : "sha512";
  const salt = writtenSalt.slice(0, SALT_CHARACTERS_MAX);
  const roundCount = rounds === undefined ? ROUNDS.usual : Math.min(Math.max(Number(rounds), ROUNDS.min), ROUNDS.max);
  const digest = await stretch(algorithm, password, Buffer.from(salt, "latin1"), roundCount);
  const settings = rounds === undefined ? "" : `rounds=${roundCount}$`;
  return `$${kind}$${settings}${salt}$${cryptText(digest, algorithm === "sha256" ? ORDER_256 : ORDER_512)}`;
}

async function stretch(algorithm: Algorithm, password: Buffer, salt: Buffer, rounds: number): Promise<Buffer> {
  let digest = firstDigest(algorithm, password, salt);
  const passwordBytes = repeated(digestOf(algorithm, Array<Buffer>(password.length).fill(password)), password.length);
  const saltBytes = repeated(digestOf(algorithm, Array<Buffer>(16 + (digest[0] ?? 0)).fill(salt)), salt.length);
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && round % ROUNDS_AT_ONCE === 0) await setImmediate();
    digest = digestOf(algorithm, roundParts(round, digest, passwordBytes, saltBytes));
  }
  return digest;
}

function firstDigest(algorithm: Algorithm, password: Buffer, salt: Buffer): Buffer {
  const mixed = digestOf(algorithm, [password, salt, password]);
  const parts = [password, salt, repeated(mixed, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push((bits & 1) === 1 ? mixed : password);
  return digestOf(algorithm, parts);
}

/** The bytes again and again, up to a length. */
function repeated(bytes: Buffer, length: number): Buffer {
  return Buffer.alloc(length, bytes);
}

function digestOf(algorithm: Algorithm, parts: readonly Buffer[]): Buffer {
  return hash(algorithm, Buffer.concat(parts), "buffer");
}

// Three bytes from the digest's thirds; the next group is one further in each, and begins at another third.
const ORDER_256 = [...Array.from({ length: 10 }, (_, group) => turned([group, group + 10, group + 20], 2 * group)), [31, 30]];
const ORDER_512 = [...Array.from({ length: 21 }, (_, group) => turned([group, group + 21, group + 42], group)), [63]];

function turned(group: readonly number[], places: number): readonly number[] {
  const at = places % group.length;
  return [...group.slice(at), ...group.slice(0, at)];
}
