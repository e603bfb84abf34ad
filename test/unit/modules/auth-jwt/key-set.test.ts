import { describe, expect, it } from "vitest";
import { type KeySet, keysForDecryption, keysForSignature, parseKeySet } from "../../../../src/modules/auth-jwt/key-set.ts";

const RSA = { kty: "RSA", kid: "r", n: "AQAB", e: "AQAB" };
const SECRET = { kty: "oct", kid: "s", k: "c2VjcmV0" };
const P256 = { kty: "EC", crv: "P-256", x: "AA", y: "AA" };
const ED = { kty: "OKP", crv: "Ed25519", x: "AA" };

function keys(...jwks: readonly object[]): KeySet {
  const set = parseKeySet(JSON.stringify({ keys: jwks }));
  if (set instanceof Error) throw set;
  return set;
}

describe("parseKeySet()", () => {
  it.each([
    ["", "it is not a JSON object"],
    ["[]", "it is not a JSON object"],
    ["{}", 'it has no array "keys"'],
    ['{"keys":{}}', 'it has no array "keys"'],
    ['{"keys":[1]}', "one of its keys is not a JSON object"],
  ])("refuses %j", (text, message) => expect(parseKeySet(text)).toEqual(new SyntaxError(message)));

  it("leaves out keys of an unknown kind and secrets that are empty or missing", () => {
    expect(keys({ kty: "AKP" }, { kty: 1 }, {}, { kty: "oct" }, { kty: "oct", k: "" })).toEqual([]);
  });

  it("never checks a signature with private members", () => {
    const [key] = keys({ ...RSA, d: "AA", p: "AA", key_ops: ["sign"] });
    expect(key?.verifying).toEqual(RSA);
    expect(key?.decrypting).toHaveProperty("d");
  });
});

describe("keysForSignature()", () => {
  const all = [keys(RSA, SECRET), keys(P256, ED)];

  it.each([
    [{ alg: "RS256" }, [RSA]],
    [{ alg: "HS256" }, [SECRET]],
    [{ alg: "ES256" }, [P256]],
    [{ alg: "ES384" }, []],
    [{ alg: "EdDSA" }, [ED]],
    [{ alg: "none" }, []],
    [{ alg: "None" }, []],
    [{ alg: "hs256" }, []],
    [{ alg: ["RS256"] }, []],
    [{ alg: "dir" }, []],
    [{}, []],
    [{ alg: "RS256", kid: "r" }, [RSA]],
    [{ alg: "RS256", kid: "s" }, []],
    [{ alg: "ES256", kid: "anything, as the key has none" }, [P256]],
    [{ alg: "RS256", kid: 1 }, []],
  ])("for %j", (header, expected) => expect(keysForSignature(all, header)).toEqual(expected));
});

describe("keysForDecryption()", () => {
  const all = [keys(RSA, SECRET, P256)];

  it.each([
    [{ alg: "dir" }, [SECRET]],
    [{ alg: "A256GCMKW" }, [SECRET]],
    [{ alg: "RSA-OAEP-256" }, [RSA]],
    [{ alg: "RSA1_5" }, []],
    [{ alg: "PBES2-HS256+A128KW" }, []],
    [{ alg: "ECDH-ES" }, []],
    [{ alg: "HS256" }, []],
  ])("for %j", (header, expected) => expect(keysForDecryption(all, header)).toEqual(expected));
});
