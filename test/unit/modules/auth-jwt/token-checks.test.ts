import type { JWK } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { type KeySet, parseKeySet } from "../../../../src/modules/auth-jwt/key-set.ts";
import { TokenChecks, type TokenRules } from "../../../../src/modules/auth-jwt/token-checks.ts";
import { createPair, createSecret, keyFileOf, sign } from "./tokens.ts";

const SECRET = createSecret("s".repeat(64));
const CLAIMS = { sub: "me" };

const setOf = (...keys: readonly JWK[]): KeySet => parseKeySet(keyFileOf(...keys)) as KeySet; // of sound keys

let others: KeySet;

beforeAll(async () => {
  others = setOf((await createPair("ES256")).publicJwk);
});

describe("TokenChecks", () => {
  const rules = (...keySets: readonly KeySet[]): TokenRules => ({ type: "signed", keySets, leeway: 0 });

  it("waits for the first check and remembers its outcome", async () => {
    const checks = new TokenChecks();
    const keys = setOf(SECRET);
    const text = await sign({ ...CLAIMS, exp: 100 }, SECRET, "HS256");
    expect(checks.check(text, rules(keys), 50)).toBeInstanceOf(Promise);
    await checks.check(text, rules(keys), 50);
    expect(checks.check(text, rules(keys), 99)).toMatchObject({ claims: CLAIMS });
    expect(checks.check(text, { ...rules(keys), leeway: 10 }, 109)).toMatchObject({ claims: CLAIMS });
    expect(checks.check(text, rules(keys), 100)).toEqual({ refused: "it has expired" });
    expect(checks.check(text, rules(keys), 50), "forgotten when it has expired").toBeInstanceOf(Promise);
  });

  it("does not let what was right by other keys or as another type pass", async () => {
    const checks = new TokenChecks();
    const keys = setOf(SECRET);
    const text = await sign(CLAIMS, SECRET, "HS256");
    await checks.check(text, rules(keys), 0);
    expect(await checks.check(text, rules(others), 0)).toHaveProperty("refused");
    expect(await checks.check(text, rules(keys, keys), 0)).toMatchObject({ claims: CLAIMS });
    expect(await checks.check(text, { ...rules(keys), type: "encrypted" }, 0)).toHaveProperty("refused");
  });

  it("does not remember what is refused, nor what is very long", async () => {
    const checks = new TokenChecks();
    const keys = setOf(SECRET);
    for (const text of [await sign({ exp: 1 }, SECRET, "HS256"), await sign({ x: "x".repeat(4096) }, SECRET, "HS256")]) {
      await checks.check(text, rules(keys), 1);
      expect(checks.check(text, rules(keys), 1)).toBeInstanceOf(Promise);
    }
  });
});
