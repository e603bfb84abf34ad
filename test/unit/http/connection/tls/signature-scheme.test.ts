import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { clientScheme, ownScheme } from "../../../../../src/http/connection/tls/signature-scheme.ts";

const ec = (namedCurve: string): KeyObject => generateKeyPairSync("ec", { namedCurve }).publicKey;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
const smallRsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
const p256 = ec("prime256v1");
const p384 = ec("secp384r1");
const brainpool = ec("brainpoolP256r1");
const ed25519 = generateKeyPairSync("ed25519").publicKey;

const PSS = "RSA-PSS+SHA256 RSA-PSS+SHA384 RSA-PSS+SHA512";

function scheme(
  key: KeyObject,
  offered: readonly number[],
  shared: string,
  protocol = "TLSv1.3",
  cipher = "TLS_AES_256_GCM_SHA384",
): unknown {
  const bytes = Buffer.from(offered.flatMap((number) => [number >> 8, number & 255]));
  return ownScheme({ protocol, cipher, offered: bytes, shared: shared.split(" "), key });
}

describe("ownScheme()", () => {
  it("takes the first shared one that goes with the key", () => {
    expect(scheme(rsa, [0x0403, 0x0805, 0x0804], "ECDSA+SHA256 RSA-PSS+SHA384 RSA-PSS+SHA256")).toBe(0x0805);
  });

  it("does not take PKCS #1 in TLS 1.3, and does before", () => {
    expect(scheme(rsa, [0x0401, 0x0804], "RSA+SHA256 RSA-PSS+SHA256")).toBe(0x0804);
    expect(scheme(rsa, [0x0401, 0x0804], "RSA+SHA256 RSA-PSS+SHA256", "TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256")).toBe(0x0401);
  });

  it("goes by the key's curve in TLS 1.3, and does not before", () => {
    expect(scheme(p384, [0x0403, 0x0503], "ECDSA+SHA256 ECDSA+SHA384")).toBe(0x0503);
    expect(scheme(p384, [0x0403, 0x0503], "ECDSA+SHA256 ECDSA+SHA384", "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256")).toBe(0x0403);
  });

  it("is not misled by brainpool's, which look alike", () => {
    expect(scheme(p256, [0x0403, 0x081a], "ECDSA+SHA256 ECDSA+SHA256")).toBe(0x0403);
    expect(scheme(brainpool, [0x0403, 0x081a], "ECDSA+SHA256 ECDSA+SHA256")).toBe(0x081a);
    expect(scheme(p256, [0x0403, 0x081a], "ECDSA+SHA256", "TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256")).toBe(0x0403);
  });

  it("tells what holds whichever of two is meant by a name", () => {
    expect(scheme(rsa, [0x0809, 0x080a, 0x080b, 0x0804, 0x0805, 0x0806], `${PSS} ${PSS}`)).toBe(0x0804);
  });

  it("tells nothing where that would make a difference", () => {
    expect(scheme(rsa, [0x0806, 0x0809, 0x0804, 0x080b], "RSA-PSS+SHA512 RSA-PSS+SHA256 RSA-PSS+SHA256 RSA-PSS+SHA512")).toBeUndefined();
    expect(scheme(rsa, [0x0809, 0x0804, 0x0805], "RSA-PSS+SHA256 RSA-PSS+SHA384")).toBeUndefined();
  });

  it("tells nothing of a key too small for some hashes", () => expect(scheme(smallRsa, [0x0804], "RSA-PSS+SHA256")).toBeUndefined());

  it("knows that nothing is signed with a suite of plain RSA, or before TLS 1.2", () => {
    expect(scheme(rsa, [0x0401], "RSA+SHA256", "TLSv1.2", "AES256-GCM-SHA384")).toBeUndefined();
    expect(scheme(rsa, [0x0401], "RSA+SHA256", "TLSv1.1", "ECDHE-RSA-AES128-SHA")).toBeUndefined();
  });

  it("tells nothing of a session taken up again", () => expect(scheme(rsa, [0x0804], "")).toBeUndefined());
  it("tells nothing of a scheme it does not know", () => expect(scheme(ed25519, [0x0904], "UNDEF+UNDEF")).toBeUndefined());
});

describe("clientScheme()", () => {
  it.each([
    ["a curve has one in TLS 1.3", p384, "TLSv1.3", 0x0503],
    ["a curve has several before", p384, "TLSv1.2", undefined],
    ["an Ed25519 key has one", ed25519, "TLSv1.2", 0x0807],
    ["an RSA key has several", rsa, "TLSv1.3", undefined],
  ] as const)("%s", (_name, key, protocol, expected) => expect(clientScheme(key, protocol)).toBe(expected));
});
