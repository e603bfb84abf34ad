/** Keys and tokens for the tests of `auth_jwt`, made with jose. */

import { CompactEncrypt, CompactSign, exportJWK, generateKeyPair, type JWK } from "jose";

export interface TestKey {
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export async function createPair(alg: string, members: JWK = {}): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateJwk: { ...(await exportJWK(privateKey)), ...members }, publicJwk: { ...(await exportJWK(publicKey)), ...members } };
}

export function createSecret(text: string, members: JWK = {}): JWK {
  return { kty: "oct", k: Buffer.from(text, "latin1").toString("base64url"), ...members };
}

/** `claims` is taken as it is when it is text. */
export function sign(claims: object | string, key: JWK, alg: string, header: object = {}): Promise<string> {
  const payload = typeof claims === "string" ? claims : JSON.stringify(claims);
  return new CompactSign(bytes(payload)).setProtectedHeader({ alg, ...header }).sign(key);
}

export function encrypt(plain: object | string, key: JWK, alg: string, enc: string, header: object = {}): Promise<string> {
  const text = typeof plain === "string" ? plain : JSON.stringify(plain);
  return new CompactEncrypt(bytes(text)).setProtectedHeader({ alg, enc, ...header }).encrypt(key);
}

/** A token that no key has made. */
export function unsigned(header: object, claims: object, signature = ""): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(claims)}.${signature}`;
}

export const keyFileOf = (...keys: readonly JWK[]): string => JSON.stringify({ keys });
