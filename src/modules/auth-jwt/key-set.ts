/** A set of keys as its file holds it, and which of them can have made a token (RFC 7517, section 5; RFC 7518). */

import type { JWK } from "jose";
import { isJsonObject, parseJson } from "./json.ts";

/** What one key of a file is good for; the private members of a pair never serve to check a signature. */
export interface Key {
  readonly kid: string | undefined;
  readonly kty: string;
  readonly crv: string | undefined;
  readonly verifying: JWK;
  readonly decrypting: JWK;
}

export type KeySet = readonly Key[];

interface KeyShape {
  readonly kty: string;
  readonly crv?: string;
}

/** The kind of key that each algorithm takes, so that no public key is ever used as a shared secret (RFC 8725, section 3.1). */
const SIGNATURES: ReadonlyMap<string, KeyShape> = new Map([
  ...["HS256", "HS384", "HS512"].map((alg): [string, KeyShape] => [alg, { kty: "oct" }]),
  ...["RS256", "RS384", "RS512"].map((alg): [string, KeyShape] => [alg, { kty: "RSA" }]),
  ["ES256", { kty: "EC", crv: "P-256" }],
  ["ES384", { kty: "EC", crv: "P-384" }],
  ["ES512", { kty: "EC", crv: "P-521" }],
  ["EdDSA", { kty: "OKP", crv: "Ed25519" }],
  ["Ed25519", { kty: "OKP", crv: "Ed25519" }],
]);

/** nginx's list, without those that stretch passwords: their cost is the sender's to choose. */
const ENCRYPTIONS: ReadonlyMap<string, KeyShape> = new Map([
  ...["A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW", "dir"].map((alg): [string, KeyShape] => [alg, { kty: "oct" }]),
  ...["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"].map((alg): [string, KeyShape] => [alg, { kty: "RSA" }]),
]);

export const SIGNATURE_ALGORITHMS: readonly string[] = [...SIGNATURES.keys()];
export const KEY_MANAGEMENT_ALGORITHMS: readonly string[] = [...ENCRYPTIONS.keys()];

const PRIVATE_MEMBERS: ReadonlySet<string> = new Set(["d", "p", "q", "dp", "dq", "qi", "oth"]);

/** Takes the latin1 text of a file. Keys of an unknown kind are left out (RFC 7517, section 5); an error tells what is no key set. */
export function parseKeySet(text: string): KeySet | SyntaxError {
  const set = parseJson(text);
  if (!isJsonObject(set)) return new SyntaxError("it is not a JSON object");
  const { keys } = set;
  if (!Array.isArray(keys)) return new SyntaxError('it has no array "keys"');
  if (!keys.every(isJsonObject)) return new SyntaxError("one of its keys is not a JSON object");
  return keys.flatMap(readKey);
}

/** The keys that fit what a token's header says of how it was signed; none for "none" and what else is unknown. */
export function keysForSignature(keySets: readonly KeySet[], header: Readonly<Record<string, unknown>>): readonly JWK[] {
  return fittingKeys(keySets, header, SIGNATURES).map(({ verifying }) => verifying);
}

/** The same for what it was encrypted with. */
export function keysForDecryption(keySets: readonly KeySet[], header: Readonly<Record<string, unknown>>): readonly JWK[] {
  return fittingKeys(keySets, header, ENCRYPTIONS).map(({ decrypting }) => decrypting);
}

function readKey(jwk: Readonly<Record<string, unknown>>): readonly Key[] {
  const { kty, kid, crv } = jwk;
  if (typeof kty !== "string" || !["oct", "RSA", "EC", "OKP"].includes(kty)) return [];
  if (kty === "oct" && (typeof jwk["k"] !== "string" || jwk["k"] === "")) return [];
  return [
    {
      kid: typeof kid === "string" ? kid : undefined,
      kty,
      crv: typeof crv === "string" ? crv : undefined,
      verifying: kty === "oct" ? jwk : publicPartOf(jwk),
      decrypting: jwk,
    },
  ];
}

/** `key_ops` of a private key speaks of signing: it goes with the private members. */
function publicPartOf(jwk: Readonly<Record<string, unknown>>): JWK {
  if (jwk["d"] === undefined) return jwk;
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => !PRIVATE_MEMBERS.has(name) && name !== "key_ops"));
}

function fittingKeys(
  keySets: readonly KeySet[],
  { alg, kid }: Readonly<Record<string, unknown>>,
  shapes: ReadonlyMap<string, KeyShape>,
): readonly Key[] {
  const shape = typeof alg === "string" ? shapes.get(alg) : undefined;
  if (shape === undefined) return [];
  const fits = (key: Key): boolean =>
    key.kty === shape.kty &&
    (shape.crv === undefined || key.crv === shape.crv) &&
    (kid === undefined || key.kid === undefined || key.kid === kid);
  return keySets.flatMap((keys) => keys.filter(fits));
}
