/** A certificate and its key, read and proved to belong together (nginx: ngx_ssl_certificate). */

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { opensslText } from "../../../net/tls/openssl-text.ts";
import { type PemComplaint, readCertificate, readKey } from "../../../net/tls/read-pem.ts";

/** PEM texts. */
export interface CertificatePair {
  /** The server's certificate first, then those that lead to its authority. */
  readonly certificate: string;
  readonly key: string;
  /** What opens the key; undefined when it is not encrypted. */
  readonly passphrase: string | undefined;
}

/** `certificateName` and `keyName` are paths, or "data:" with the PEM text. */
export function readCertificatePair(
  certificateName: string,
  keyName: string,
  passwords: readonly string[],
): CertificatePair | PemComplaint {
  const certificate = readCertificate(certificateName);
  if ("complaint" in certificate) return certificate;
  const key = readKey(keyName);
  if ("complaint" in key) return key;
  const opened = openKey(key.text, passwords);
  if (opened instanceof Error) {
    return { complaint: `cannot load certificate key "${keyName}": PEM_read_bio_PrivateKey() failed (${opensslText(opened)})` };
  }
  if (!new X509Certificate(certificate.text).checkPrivateKey(opened.key)) {
    return { complaint: `SSL_CTX_use_PrivateKey("${keyName}") failed (${KEY_VALUES_MISMATCH})` };
  }
  return { certificate: certificate.text, key: key.text, passphrase: opened.passphrase };
}

const KEY_VALUES_MISMATCH = "SSL: error:05800074:x509 certificate routines::key values mismatch";

interface OpenedKey {
  readonly key: KeyObject;
  readonly passphrase: string | undefined;
}

/** Each password is tried until one opens the key, as in nginx. */
function openKey(pem: string, passwords: readonly string[]): OpenedKey | Error {
  let failure = new Error("no password");
  for (const passphrase of [undefined, ...passwords]) {
    try {
      return { key: createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) }), passphrase };
    } catch (error) {
      // Anything but OpenSSL's refusal would be a mistake of the program, and is one of createPrivateKey()'s own type checks.
      if (!(error instanceof Error)) throw error;
      failure = error;
    }
  }
  return failure;
}
