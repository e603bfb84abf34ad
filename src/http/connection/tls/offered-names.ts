/** What a client offers in its hello, and what of it was taken, as `$ssl_ciphers` and its like print it (nginx: ngx_ssl_get_ciphers and its like). */

import { cipherSuiteName } from "./cipher-suite-names.ts";

/** Known ones by OpenSSL's name, others in hexadecimal, joined by ":". */
export function nameCipherSuites(suites: Buffer): string {
  return joinNames(suites, cipherSuiteName);
}

export function nameGroups(groups: Buffer): string {
  return joinNames(groups, (group) => GROUPS[group]);
}

export function nameSignatureSchemes(schemes: Buffer): string {
  return joinNames(schemes, (scheme) => SIGNATURE_SCHEMES[scheme]);
}

/** "" for 0, which is none. */
export function nameGroup(group: number): string {
  return group === 0 ? "" : (GROUPS[group] ?? hexadecimal(group));
}

export function nameSignatureScheme(scheme: number | undefined): string {
  return scheme === undefined ? "" : (SIGNATURE_SCHEMES[scheme] ?? hexadecimal(scheme));
}

function joinNames(numbers: Buffer, nameOf: (number: number) => string | undefined): string {
  let text = "";
  for (let at = 0; at + 1 < numbers.length; at += 2) {
    const number = numbers.readUInt16BE(at);
    text += `${at === 0 ? "" : ":"}${nameOf(number) ?? hexadecimal(number)}`;
  }
  return text;
}

function hexadecimal(number: number): string {
  return `0x${number.toString(16).padStart(4, "0")}`;
}

/** IANA: TLS Supported Groups; the names are OpenSSL's short names. */
const GROUPS: Readonly<Record<number, string>> = {
  1: "sect163k1",
  2: "sect163r1",
  3: "sect163r2",
  4: "sect193r1",
  5: "sect193r2",
  6: "sect233k1",
  7: "sect233r1",
  8: "sect239k1",
  9: "sect283k1",
  10: "sect283r1",
  11: "sect409k1",
  12: "sect409r1",
  13: "sect571k1",
  14: "sect571r1",
  15: "secp160k1",
  16: "secp160r1",
  17: "secp160r2",
  18: "secp192k1",
  19: "prime192v1",
  20: "secp224k1",
  21: "secp224r1",
  22: "secp256k1",
  23: "prime256v1",
  24: "secp384r1",
  25: "secp521r1",
  26: "brainpoolP256r1",
  27: "brainpoolP384r1",
  28: "brainpoolP512r1",
  29: "X25519",
  30: "X448",
  256: "ffdhe2048",
  257: "ffdhe3072",
  258: "ffdhe4096",
  259: "ffdhe6144",
  260: "ffdhe8192",
};

/** IANA: TLS SignatureScheme. */
const SIGNATURE_SCHEMES: Readonly<Record<number, string>> = {
  513: "rsa_pkcs1_sha1",
  515: "ecdsa_sha1",
  1025: "rsa_pkcs1_sha256",
  1027: "ecdsa_secp256r1_sha256",
  1281: "rsa_pkcs1_sha384",
  1283: "ecdsa_secp384r1_sha384",
  1537: "rsa_pkcs1_sha512",
  1539: "ecdsa_secp521r1_sha512",
  2052: "rsa_pss_rsae_sha256",
  2053: "rsa_pss_rsae_sha384",
  2054: "rsa_pss_rsae_sha512",
  2055: "ed25519",
  2056: "ed448",
  2057: "rsa_pss_pss_sha256",
  2058: "rsa_pss_pss_sha384",
  2059: "rsa_pss_pss_sha512",
};
