import { createHmac } from "node:crypto";
import type { JWK } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { type KeySet, parseKeySet } from "../../../../src/modules/auth-jwt/key-set.ts";
import { verifyToken } from "../../../../src/modules/auth-jwt/verify-token.ts";
import { createPair, createSecret, encrypt, keyFileOf, sign, type TestKey, unsigned } from "./tokens.ts";

const SECRET_TEXT = "s".repeat(64);
const SECRET = createSecret(SECRET_TEXT);
const CLAIMS = { sub: "me" };

const setOf = (...keys: readonly JWK[]): KeySet => parseKeySet(keyFileOf(...keys)) as KeySet; // of sound keys

let rsa: TestKey;

beforeAll(async () => {
  rsa = await createPair("RS256");
});

describe("verifyToken() of a signature", () => {
  it.each(["RS256", "RS512", "ES256", "ES384", "ES512", "EdDSA"])("checks %s, by a public key and by a pair", async (alg) => {
    const { privateJwk, publicJwk } = alg === "RS256" ? rsa : await createPair(alg);
    const text = await sign(CLAIMS, privateJwk, alg);
    for (const key of [publicJwk, privateJwk]) expect(await verifyToken(text, "signed", [setOf(key)])).toMatchObject({ claims: CLAIMS });
    const tampered = `${text.slice(0, -8)}${text.at(-8) === "A" ? "B" : "A"}${text.slice(-7)}`;
    expect(await verifyToken(tampered, "signed", [setOf(publicJwk)])).toEqual({ refused: "signature verification failed" });
  });

  it.each(["HS256", "HS384", "HS512"])("checks %s", async (alg) => {
    const text = await sign(CLAIMS, SECRET, alg);
    expect(await verifyToken(text, "signed", [setOf(SECRET)])).toMatchObject({ claims: CLAIMS, header: { alg } });
    expect(await verifyToken(text, "signed", [setOf(createSecret("t".repeat(64)))])).toHaveProperty("refused");
  });

  it("tries each key that fits", async () => {
    const text = await sign(CLAIMS, SECRET, "HS256");
    expect(await verifyToken(text, "signed", [setOf(createSecret("other")), setOf(rsa.publicJwk, SECRET)])).toMatchObject({
      claims: CLAIMS,
    });
  });

  it.each(["none", "None", ""])("refuses the algorithm %j", async (alg) => {
    for (const signature of ["", "AA"]) {
      expect(await verifyToken(unsigned({ alg }, CLAIMS, signature), "signed", [setOf(SECRET, rsa.publicJwk)])).toHaveProperty("refused");
    }
  });

  it("does not take a public key for a shared secret", async () => {
    const modulus = createSecret(Buffer.from(rsa.publicJwk.n ?? "", "base64url").toString("latin1"));
    for (const secret of [modulus, createSecret(JSON.stringify(rsa.publicJwk))]) {
      const forged = await sign(CLAIMS, secret, "HS256");
      expect(await verifyToken(forged, "signed", [setOf(rsa.publicJwk)])).toEqual({ refused: "no key fits its algorithm and key ID" });
    }
  });

  it("does not take a key from the token", async () => {
    const { privateJwk, publicJwk } = await createPair("ES256");
    const forged = await sign(CLAIMS, privateJwk, "ES256", { jwk: publicJwk });
    expect(await verifyToken(forged, "signed", [setOf((await createPair("ES256")).publicJwk)])).toHaveProperty("refused");
  });

  it.each([
    ["another algorithm", { alg: "HS512" }],
    ["encryption", { use: "enc" }],
    ["signing", { key_ops: ["sign"] }],
  ])("refuses a key that is for %s", async (_what, members) => {
    expect(await verifyToken(await sign(CLAIMS, SECRET, "HS256"), "signed", [setOf({ ...SECRET, ...members })])).toHaveProperty("refused");
  });

  it("refuses header parameters that it must know and does not, well signed", async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const input = `${part({ alg: "HS256", crit: ["x"], x: 1 })}.${part(CLAIMS)}`;
    const signature = createHmac("sha256", SECRET_TEXT).update(input).digest("base64url");
    const refusal = await verifyToken(`${input}.${signature}`, "signed", [setOf(SECRET)]);
    expect(refusal).toEqual({ refused: expect.stringContaining('"x" is not recognized') });
  });

  it.each(["[1]", "text", '"text"', "null", ""])("refuses the claims %j, well signed", async (claims) => {
    expect(await verifyToken(await sign(claims, SECRET, "HS256"), "signed", [setOf(SECRET)])).toHaveProperty("refused");
  });
});

describe("verifyToken() of what is encrypted", () => {
  const KEY = createSecret("k".repeat(32));

  it.each([
    ["dir", "A256GCM", createSecret("k".repeat(32))],
    ["dir", "A128CBC-HS256", createSecret("k".repeat(32))],
    ["A128KW", "A128GCM", createSecret("k".repeat(16))],
    ["A256GCMKW", "A256CBC-HS512", createSecret("k".repeat(32))],
  ])("decrypts %s with %s", async (alg, enc, key) => {
    const text = await encrypt(CLAIMS, key, alg, enc);
    expect(await verifyToken(text, "encrypted", [setOf(key)])).toMatchObject({
      header: { alg, enc },
      claims: CLAIMS,
      payload: JSON.stringify(CLAIMS),
    });
    expect(await verifyToken(text, "encrypted", [setOf(createSecret("x".repeat(key.k?.length === 22 ? 16 : 32)))])).toHaveProperty(
      "refused",
    );
  });

  it("decrypts RSA-OAEP-256 with the private key alone", async () => {
    const pair = await createPair("RSA-OAEP-256");
    const text = await encrypt(CLAIMS, pair.publicJwk, "RSA-OAEP-256", "A256GCM");
    expect(await verifyToken(text, "encrypted", [setOf(pair.privateJwk)])).toMatchObject({ claims: CLAIMS });
    expect(await verifyToken(text, "encrypted", [setOf(pair.publicJwk)])).toHaveProperty("refused");
  });

  it("checks the signature that is enclosed", async () => {
    const inner = await sign(CLAIMS, SECRET, "HS256");
    const text = await encrypt(inner, KEY, "dir", "A256GCM", { cty: "JWT" });
    expect(await verifyToken(text, "nested", [setOf(KEY, SECRET)])).toMatchObject({
      header: { alg: "dir", cty: "JWT" },
      claims: CLAIMS,
      payload: inner,
    });
    expect(await verifyToken(text, "nested", [setOf(KEY)])).toHaveProperty("refused");
    const forged = await encrypt(unsigned({ alg: "none" }, CLAIMS), KEY, "dir", "A256GCM");
    expect(await verifyToken(forged, "nested", [setOf(KEY, SECRET)])).toHaveProperty("refused");
    expect(await verifyToken(await encrypt(CLAIMS, KEY, "dir", "A256GCM"), "nested", [setOf(KEY, SECRET)])).toHaveProperty("refused");
  });

  it("takes no token of another type", async () => {
    const encrypted = await encrypt(CLAIMS, KEY, "dir", "A256GCM");
    const signed = await sign(CLAIMS, KEY, "HS256");
    expect(await verifyToken(encrypted, "signed", [setOf(KEY)])).toHaveProperty("refused");
    expect(await verifyToken(signed, "encrypted", [setOf(KEY)])).toHaveProperty("refused");
    expect(await verifyToken(signed, "nested", [setOf(KEY)])).toHaveProperty("refused");
  });
});
