/** How OCSP names a certificate: hashes of its issuer's name and key, and its serial number (RFC 6960 section 4.1.1). */

import { createHash, type X509Certificate } from "node:crypto";
import {
  bitsOf,
  contentOf,
  type DerElement,
  DerError,
  EXPLICIT_0,
  INTEGER,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  readElements,
  readInside,
  SEQUENCE,
  writeElement,
} from "./der.ts";

/** Bytes as they stand in a CertID; the hashes are SHA-1, which every responder knows. */
export interface CertificateId {
  readonly issuerNameHash: Buffer;
  readonly issuerKeyHash: Buffer;
  readonly serial: Buffer;
}

/** 1.3.14.3.2.26 */
const SHA1_OID = Buffer.from("2b0e03021a", "hex");
const NULL = Buffer.from("0500", "hex");

/** Throws a DerError for what Node takes as a certificate and is none. */
export function certificateId(certificate: X509Certificate, issuer: X509Certificate): CertificateId {
  const { serial, issuerName } = readFields(certificate);
  return { issuerNameHash: sha1(issuerName), issuerKeyHash: keyHash(issuer), serial };
}

/** SHA-1 of a certificate's public key, by which a responder may name itself. */
export function keyHash(certificate: X509Certificate): Buffer {
  return sha1(readFields(certificate).key);
}

/** A certificate's subject, DER. */
export function subjectName(certificate: X509Certificate): Buffer {
  return readFields(certificate).subjectName;
}

/** An OCSPRequest for one certificate: without a nonce, so that the responder may answer from its cache. */
export function encodeOcspRequest({ issuerNameHash, issuerKeyHash, serial }: CertificateId): Buffer {
  const algorithm = writeElement(SEQUENCE, writeElement(OBJECT_IDENTIFIER, SHA1_OID), NULL);
  const hashes = [writeElement(OCTET_STRING, issuerNameHash), writeElement(OCTET_STRING, issuerKeyHash)];
  const id = writeElement(SEQUENCE, algorithm, ...hashes, writeElement(INTEGER, serial));
  const requests = writeElement(SEQUENCE, writeElement(SEQUENCE, id));
  return writeElement(SEQUENCE, writeElement(SEQUENCE, requests));
}

/** Whether a CertID names that certificate. Throws a DerError. */
export function namesCertificate(element: DerElement | undefined, id: CertificateId): boolean {
  const [algorithm, nameHash, issuerKeyHash, serial] = readInside(element, SEQUENCE);
  const [oid] = readInside(algorithm, SEQUENCE);
  return (
    contentOf(oid, OBJECT_IDENTIFIER).equals(SHA1_OID) &&
    contentOf(nameHash, OCTET_STRING).equals(id.issuerNameHash) &&
    contentOf(issuerKeyHash, OCTET_STRING).equals(id.issuerKeyHash) &&
    contentOf(serial, INTEGER).equals(id.serial)
  );
}

interface CertificateFields {
  readonly serial: Buffer;
  readonly issuerName: Buffer;
  readonly subjectName: Buffer;
  readonly key: Buffer;
}

/** RFC 5280 section 4.1: the version may be left out. */
function readFields(certificate: X509Certificate): CertificateFields {
  const [outer] = readElements(certificate.raw);
  const [signed] = readInside(outer, SEQUENCE);
  const fields = readInside(signed, SEQUENCE);
  const [serial, , issuerName, , subject, keyInfo] = fields[0]?.tag === EXPLICIT_0 ? fields.slice(1) : fields;
  if (issuerName === undefined || subject === undefined) throw new DerError("Expected the names of a certificate");
  const [, key] = readInside(keyInfo, SEQUENCE);
  return { serial: contentOf(serial, INTEGER), issuerName: issuerName.whole, subjectName: subject.whole, key: bitsOf(key) };
}

function sha1(bytes: Buffer): Buffer {
  return createHash("sha1").update(bytes).digest();
}
