/** Signatures and encryption of tokens, by the two parts of jose that are needed: loaded at the first token, they cost nothing where no one asks. */

import type { JWK } from "jose";
import type { JsonObject } from "./json.ts";
import { KEY_MANAGEMENT_ALGORITHMS, type KeySet, keysForDecryption, keysForSignature, SIGNATURE_ALGORITHMS } from "./key-set.ts";
import { readClaims, readToken, type Token } from "./read-token.ts";

/** What `auth_jwt_type` asks for: a signature; encryption; encryption around a signature. */
export type TokenType = "signed" | "encrypted" | "nested";

export interface TokenRefusal {
  /** In words, for the log; holds nothing of the token. */
  readonly refused: string;
}

interface Claims {
  readonly object: JsonObject;
}

const CONTENT_ALGORITHMS = ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM"];

/** A token whose keys are right. Whether it may be used now is not judged here. */
export async function verifyToken(text: string, type: TokenType, keySets: readonly KeySet[]): Promise<Token | TokenRefusal> {
  const token = readToken(text);
  if (token === undefined) return { refused: "it is malformed" };
  if (type === "signed") {
    const claims = await claimsBehindSignature(text, token, keySets);
    return isRefusal(claims) ? claims : { header: token.header, claims: claims.object, payload: "" };
  }
  const plain = await decrypt(text, token, keySets);
  if (isRefusal(plain)) return plain;
  const payload = Buffer.from(plain).toString("latin1");
  if (type === "encrypted") return withClaims(token, readClaims(plain), payload);
  const inner = readToken(payload);
  if (inner === undefined) return { refused: "what it encloses is malformed" };
  const claims = await claimsBehindSignature(payload, inner, keySets);
  return isRefusal(claims) ? claims : withClaims(token, claims.object, payload);
}

export function isRefusal<T extends object>(value: T | TokenRefusal): value is TokenRefusal {
  return "refused" in value;
}

function withClaims({ header }: Token, claims: JsonObject | undefined, payload: string): Token | TokenRefusal {
  return claims === undefined ? { refused: "what it encloses is not a JSON object" } : { header, claims, payload };
}

/** Its keys are chosen by the algorithm, never the other way about; jose judges the rest: `use`, `key_ops`, `crit`, sizes of keys. */
async function claimsBehindSignature(text: string, { header }: Token, keySets: readonly KeySet[]): Promise<Claims | TokenRefusal> {
  const { compactVerify } = await import("jose/jws/compact/verify");
  const verified = await withFirstFitting(keysForSignature(keySets, header), (key) =>
    compactVerify(text, key, { algorithms: [...SIGNATURE_ALGORITHMS] }),
  );
  if (isRefusal(verified)) return verified;
  const object = readClaims(verified.payload);
  return object === undefined ? { refused: "its claims are not a JSON object" } : { object };
}

/** Compressed content is refused: its size is not known before it is there. */
async function decrypt(text: string, { header }: Token, keySets: readonly KeySet[]): Promise<Uint8Array | TokenRefusal> {
  const { compactDecrypt } = await import("jose/jwe/compact/decrypt");
  const decrypted = await withFirstFitting(keysForDecryption(keySets, header), (key) =>
    compactDecrypt(text, key, {
      keyManagementAlgorithms: [...KEY_MANAGEMENT_ALGORITHMS],
      contentEncryptionAlgorithms: [...CONTENT_ALGORITHMS],
      maxDecompressedLength: 0,
    }),
  );
  return isRefusal(decrypted) ? decrypted : decrypted.plaintext;
}

/** What `use` gives with the first key that is right; else why the last one is not. */
async function withFirstFitting<T extends object>(keys: readonly JWK[], use: (key: JWK) => Promise<T>): Promise<T | TokenRefusal> {
  let refused = "no key fits its algorithm and key ID";
  for (const key of keys) {
    try {
      return await use(key);
    } catch (error) {
      // Of a wrong signature, of a header that is refused, or of a key that is unsound: each is an Error of its own class, and each is logged.
      if (!(error instanceof Error)) throw error;
      refused = error.message;
    }
  }
  return { refused };
}
