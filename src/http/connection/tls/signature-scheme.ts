/**
 * Which signature schemes a handshake was made with. Node.js does not tell, but what both sides can do and whose key signed leave one, most
 * often: it is told where no other is possible. Source: RFC 8446 section 4.2.3, OpenSSL tls_choose_sigalg().
 */

import type { KeyObject } from "node:crypto";

interface Scheme {
  /** As Node.js prints it; schemes with RSA keys of either kind look alike. */
  readonly name: string;
  readonly keyType: string;
  /** The only curve of a key that it goes with in TLS 1.3. */
  readonly curve?: string;
  /** What only TLS 1.3, or only what came before, signs its handshakes with. */
  readonly only?: "TLSv1.3" | "TLSv1.2";
}

/** By IANA's number. */
const SCHEMES: ReadonlyMap<number, Scheme> = new Map<number, Scheme>([
  [0x0201, { name: "RSA+SHA1", keyType: "rsa", only: "TLSv1.2" }],
  [0x0203, { name: "ECDSA+SHA1", keyType: "ec", only: "TLSv1.2" }],
  [0x0401, { name: "RSA+SHA256", keyType: "rsa", only: "TLSv1.2" }],
  [0x0403, { name: "ECDSA+SHA256", keyType: "ec", curve: "prime256v1" }],
  [0x0501, { name: "RSA+SHA384", keyType: "rsa", only: "TLSv1.2" }],
  [0x0503, { name: "ECDSA+SHA384", keyType: "ec", curve: "secp384r1" }],
  [0x0601, { name: "RSA+SHA512", keyType: "rsa", only: "TLSv1.2" }],
  [0x0603, { name: "ECDSA+SHA512", keyType: "ec", curve: "secp521r1" }],
  [0x0804, { name: "RSA-PSS+SHA256", keyType: "rsa" }],
  [0x0805, { name: "RSA-PSS+SHA384", keyType: "rsa" }],
  [0x0806, { name: "RSA-PSS+SHA512", keyType: "rsa" }],
  [0x0807, { name: "Ed25519+UNDEF", keyType: "ed25519" }],
  [0x0808, { name: "Ed448+UNDEF", keyType: "ed448" }],
  [0x0809, { name: "RSA-PSS+SHA256", keyType: "rsa-pss" }],
  [0x080a, { name: "RSA-PSS+SHA384", keyType: "rsa-pss" }],
  [0x080b, { name: "RSA-PSS+SHA512", keyType: "rsa-pss" }],
  [0x081a, { name: "ECDSA+SHA256", keyType: "ec", curve: "brainpoolP256r1", only: "TLSv1.3" }],
  [0x081b, { name: "ECDSA+SHA384", keyType: "ec", curve: "brainpoolP384r1", only: "TLSv1.3" }],
  [0x081c, { name: "ECDSA+SHA512", keyType: "ec", curve: "brainpoolP512r1", only: "TLSv1.3" }],
]);

/** Smaller keys do not go with every hash. */
const RSA_BITS_MIN = 2048;
/** Suites of TLS 1.2 whose server signs. */
const SIGNING_CIPHER = /^(?:EC)?DHE-(?:RSA|ECDSA)-/;

export interface SignedHandshake {
  /** "TLSv1.3" */
  readonly protocol: string;
  readonly cipher: string;
  /** What the client can verify, two bytes each. */
  readonly offered: Buffer;
  /** What of it we can sign with, in the order of preference, as Node.js prints it; nothing in a session taken up again. */
  readonly shared: readonly string[];
  /** That of our certificate. */
  readonly key: KeyObject;
}

/** The scheme that our side signed with; undefined: none, or more than one is possible. */
export function ownScheme({ protocol, cipher, offered, shared, key }: SignedHandshake): number | undefined {
  if (protocol !== "TLSv1.3" && (protocol !== "TLSv1.2" || !SIGNING_CIPHER.test(cipher))) return undefined;
  if (key.asymmetricKeyType === "rsa" && (key.asymmetricKeyDetails?.modulusLength ?? 0) < RSA_BITS_MIN) return undefined;
  const known: number[] = [];
  for (let at = 0; at + 1 < offered.length; at += 2) {
    const number = offered.readUInt16BE(at);
    if (protocol === "TLSv1.3" || SCHEMES.get(number)?.only !== "TLSv1.3") known.push(number);
  }
  const first = firstFitting(known, shared, key, protocol);
  // Where two look alike, what each is taken for must make no difference.
  return first === firstFitting(known.reverse(), shared, key, protocol) ? first : undefined;
}

/** A client's, whose choice among several nobody tells; undefined where it had one. */
export function clientScheme(key: KeyObject, protocol: string): number | undefined {
  const fitting = [...SCHEMES.keys()].filter((number) => fits(number, key, protocol));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** OpenSSL signs with the first that goes with the key. Names that occur twice are given to schemes in the order of `offered`. */
function firstFitting(offered: readonly number[], shared: readonly string[], key: KeyObject, protocol: string): number | undefined {
  const left = [...offered];
  for (const name of shared) {
    const index = left.findIndex((number) => SCHEMES.get(number)?.name === name);
    const [number] = index < 0 ? [] : left.splice(index, 1);
    if (number !== undefined && fits(number, key, protocol)) return number;
  }
  return undefined;
}

function fits(number: number, key: KeyObject, protocol: string): boolean {
  const scheme = SCHEMES.get(number);
  if (scheme === undefined || scheme.keyType !== key.asymmetricKeyType) return false;
  if (scheme.only !== undefined && scheme.only !== protocol) return false;
  return protocol !== "TLSv1.3" || scheme.curve === undefined || scheme.curve === key.asymmetricKeyDetails?.namedCurve;
}
