/** An OCSP response taken apart; nothing in it is believed before its signature has been verified (RFC 6960 section 4.2). */

import { X509Certificate } from "node:crypto";
import { type CertificateId, namesCertificate } from "./certificate-id.ts";
import {
  bitsOf,
  contentOf,
  type DerElement,
  DerError,
  ENUMERATED,
  EXPLICIT_0,
  GENERALIZED_TIME,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  readElements,
  readInside,
  SEQUENCE,
} from "./der.ts";

export interface OcspResponse {
  /** What the signature is over. */
  readonly signed: Buffer;
  /** Object identifier of the signature's algorithm, hex of its DER content. */
  readonly algorithm: string;
  readonly signature: Buffer;
  /** The signer, by its name (DER) or by the SHA-1 of its key. */
  readonly responder: { readonly name: Buffer } | { readonly keyHash: Buffer };
  /** Those that came with it: the signer is among them, or the issuer itself. */
  readonly certificates: readonly X509Certificate[];
  /** Undefined when the response is about other certificates. */
  readonly state: CertificateState | undefined;
}

export interface CertificateState {
  readonly status: "good" | "revoked" | "unknown";
  /** Milliseconds since 1970. */
  readonly thisUpdateMs: number;
  /** Infinity where newer information is always to be had. */
  readonly nextUpdateMs: number;
}

/** A responder's answer that is no response: try later, unauthorized. */
export interface OcspRefusal {
  /** In nginx's words. */
  readonly complaint: string;
}

/** RFC 6960 section 4.2.1; the names are OpenSSL's. */
const STATUS_NAMES = ["successful", "malformedrequest", "internalerror", "trylater", "(UNKNOWN)", "sigrequired", "unauthorized"];
/** 1.3.6.1.5.5.7.48.1.1, id-pkix-ocsp-basic */
const BASIC_OID = Buffer.from("2b0601050507300101", "hex");
const STATUSES: ReadonlyMap<number, CertificateState["status"]> = new Map([
  [0x80, "good"],
  [0xa1, "revoked"],
  [0x82, "unknown"],
]);
const TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
/** A signer and what leads to it; more is nobody's. */
const CERTIFICATES_MAX = 8;

/** Throws a DerError for what is no OCSP response. */
export function parseOcspResponse(bytes: Buffer, id: CertificateId): OcspResponse | OcspRefusal {
  const [outer, ...trailing] = readElements(bytes);
  if (trailing.length > 0) throw new DerError("Unexpected bytes behind the response");
  const [statusElement, body] = readInside(outer, SEQUENCE);
  const [status = -1] = contentOf(statusElement, ENUMERATED);
  if (status !== 0) return { complaint: `OCSP response not successful (${status}: ${STATUS_NAMES[status] ?? "(UNKNOWN)"})` };
  const [wrapped] = readInside(body, EXPLICIT_0);
  const [type, basic] = readInside(wrapped, SEQUENCE);
  if (!contentOf(type, OBJECT_IDENTIFIER).equals(BASIC_OID)) throw new DerError("Expected a basic OCSP response");
  return parseBasic(contentOf(basic, OCTET_STRING), id);
}

function parseBasic(bytes: Buffer, id: CertificateId): OcspResponse {
  const [outer] = readElements(bytes);
  const [signed, algorithm, signature, certificates] = readInside(outer, SEQUENCE);
  const [oid] = readInside(algorithm, SEQUENCE);
  const fields = readInside(signed, SEQUENCE);
  const [responder, , responses] = fields[0]?.tag === EXPLICIT_0 ? fields.slice(1) : fields;
  const states = readInside(responses, SEQUENCE).map((single) => readInside(single, SEQUENCE));
  const own = states.find(([named]) => namesCertificate(named, id));
  return {
    signed: signed?.whole ?? Buffer.alloc(0),
    algorithm: contentOf(oid, OBJECT_IDENTIFIER).toString("hex"),
    signature: bitsOf(signature),
    responder: readResponder(responder),
    certificates: certificates === undefined ? [] : readCertificates(certificates),
    state: own === undefined ? undefined : readState(own),
  };
}

function readResponder(element: DerElement | undefined): OcspResponse["responder"] {
  const [inner] = element === undefined ? [] : readElements(element.content);
  if (inner !== undefined && element?.tag === EXPLICIT_0 + 1) return { name: inner.whole };
  if (inner !== undefined && element?.tag === EXPLICIT_0 + 2) return { keyHash: contentOf(inner, OCTET_STRING) };
  throw new DerError("Expected a responder");
}

function readCertificates(element: DerElement): readonly X509Certificate[] {
  const [list] = readInside(element, EXPLICIT_0);
  const certificates = readInside(list, SEQUENCE);
  if (certificates.length > CERTIFICATES_MAX) throw new DerError(`Unexpected number of certificates: ${certificates.length}`);
  return certificates.map(({ whole }) => {
    try {
      return new X509Certificate(whole);
    } catch (cause) {
      throw new DerError("Expected a certificate", { cause });
    }
  });
}

function readState([, statusElement, thisUpdate, ...optional]: readonly DerElement[]): CertificateState {
  const status = STATUSES.get(statusElement?.tag ?? -1);
  if (status === undefined) throw new DerError("Expected a certificate's status");
  const next = optional.find(({ tag }) => tag === EXPLICIT_0);
  return {
    status,
    thisUpdateMs: readTime(thisUpdate),
    nextUpdateMs: next === undefined ? Number.POSITIVE_INFINITY : readTime(readElements(next.content)[0]),
  };
}

/** RFC 5280 section 4.1.2.5.2: in GMT, with seconds, without fractions. */
function readTime(element: DerElement | undefined): number {
  const text = contentOf(element, GENERALIZED_TIME).toString("latin1");
  const found = TIME.exec(text);
  if (found === null) throw new DerError(`Unexpected time "${text}"`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
