/** Who signed an OCSP response, and whether that one may (RFC 6960 section 4.2.2.2; OpenSSL: OCSP_basic_verify). */

import { type KeyObject, verify, type X509Certificate } from "node:crypto";
import { keyHash, subjectName } from "./certificate-id.ts";
import type { OcspResponse } from "./ocsp-response.ts";

interface SignatureAlgorithm {
  /** Node's name; null where the algorithm has its own. */
  readonly hash: string | null;
  readonly keyType: NonNullable<KeyObject["asymmetricKeyType"]>;
}

/** By the hex of their object identifiers. SHA-1 is left out: it no longer proves anything. */
const ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ["2a864886f70d01010b", { hash: "sha256", keyType: "rsa" }],
  ["2a864886f70d01010c", { hash: "sha384", keyType: "rsa" }],
  ["2a864886f70d01010d", { hash: "sha512", keyType: "rsa" }],
  ["2a8648ce3d040302", { hash: "sha256", keyType: "ec" }],
  ["2a8648ce3d040303", { hash: "sha384", keyType: "ec" }],
  ["2a8648ce3d040304", { hash: "sha512", keyType: "ec" }],
  ["2b6570", { hash: null, keyType: "ed25519" }],
]);
/** id-kp-OCSPSigning */
const OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";

/** What is wrong with the signature, or with its signer where `ssl_stapling_verify` asks for that; "" when nothing is. */
export function findSignatureFault(response: OcspResponse, issuer: X509Certificate, verifiesSigner: boolean, nowMs: number): string {
  const signer = [issuer, ...response.certificates].find((certificate) => isNamed(certificate, response));
  if (signer === undefined) return "signer certificate not found";
  const algorithm = ALGORITHMS.get(response.algorithm);
  if (algorithm === undefined || signer.publicKey.asymmetricKeyType !== algorithm.keyType) return "unknown signature algorithm";
  if (!verify(algorithm.hash, response.signed, signer.publicKey, response.signature)) return "signature failure";
  return verifiesSigner ? findSignerFault(signer, issuer, nowMs) : "";
}

function isNamed(certificate: X509Certificate, { responder }: OcspResponse): boolean {
  return "name" in responder ? subjectName(certificate).equals(responder.name) : keyHash(certificate).equals(responder.keyHash);
}

/** The issuer itself, or one that it has given the right to. */
function findSignerFault(signer: X509Certificate, issuer: X509Certificate, nowMs: number): string {
  if (signer.raw.equals(issuer.raw)) return "";
  if (!signer.checkIssued(issuer) || !signer.verify(issuer.publicKey)) return "certificate verify error";
  // Node's property of this name is the extended key usage.
  if (!(signer.keyUsage ?? []).includes(OCSP_SIGNING)) return "missing ocspsigning usage";
  const isInForce = Date.parse(signer.validFrom) <= nowMs && nowMs <= Date.parse(signer.validTo);
  return isInForce ? "" : "certificate verify error: certificate has expired";
}
