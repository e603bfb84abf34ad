/** PEM files that a configuration names, and nginx's words for those that cannot be used (nginx: ngx_ssl_load_certificate and its like). */

import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { describeSystemError } from "../../log/system-error.ts";
import { fopenText } from "./openssl-text.ts";

/** PEM text, latin1. */
export interface Pem {
  readonly text: string;
}

/** Why it cannot be used, in nginx's words. */
export interface PemComplaint {
  readonly complaint: string;
}

const DATA = "data:";
const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;
const CRL = /-----BEGIN X509 CRL-----[^-]*-----END X509 CRL-----/g;
const NO_START_LINE = "SSL: error:0480006C:PEM routines::no start line";

/** The certificate, with those that lead to its issuer, of a file or of a value that begins with "data:". */
export function readCertificate(name: string): Pem | PemComplaint {
  const read = readSource(name, (why) => `cannot load certificate "${name}": BIO_new_file() failed (${why})`);
  if ("complaint" in read) return read;
  const complain = (why: string): PemComplaint => ({
    complaint: `cannot load certificate "${name}": PEM_read_bio_X509_AUX() failed (${why})`,
  });
  const blocks = read.text.match(CERTIFICATE);
  if (blocks === null) return complain(`${NO_START_LINE}:Expecting: TRUSTED CERTIFICATE`);
  const broken = firstBroken(blocks);
  return broken === "" ? read : complain(broken);
}

/** A private key of a file or of a value that begins with "data:". It is judged when a context is made with it. */
export function readKey(name: string): Pem | PemComplaint {
  if (name.startsWith("engine:") || name.startsWith("store:")) {
    const [scheme] = name.split(":");
    return { complaint: `cannot load certificate key "${name}": "${scheme}:" is not supported, keys are files or "data:"` };
  }
  return readSource(name, (why) => `cannot load certificate key "${name}": BIO_new_file() failed (${why})`);
}

/** The certificates of authorities. */
export function readTrusted(path: string): Pem | PemComplaint {
  const call = `SSL_CTX_load_verify_locations("${path}") failed`;
  const read = readSource(path, (why) => `${call} (${why} error:05880002:x509 certificate routines::system lib)`);
  if ("complaint" in read) return read;
  const blocks = read.text.match(CERTIFICATE);
  const broken = blocks === null ? "SSL: error:05800088:x509 certificate routines::no certificate or crl found" : firstBroken(blocks);
  return broken === "" ? { text: (blocks ?? []).join("\n") } : { complaint: `${call} (${broken})` };
}

/** The certificates of a PEM text that has been read: every one of them is known to be readable. */
export function certificatesOf(text: string): readonly X509Certificate[] {
  return (text.match(CERTIFICATE) ?? []).map((block) => new X509Certificate(block));
}

/** Revocation lists, each by itself. */
export function readCrls(path: string): { readonly lists: readonly string[] } | PemComplaint {
  const call = `X509_LOOKUP_load_file("${path}") failed`;
  const read = readSource(path, (why) => `${call} (${why} error:05880002:x509 certificate routines::system lib)`);
  if ("complaint" in read) return read;
  const lists = read.text.match(CRL);
  return lists === null
    ? { complaint: `${call} (SSL: error:05800088:x509 certificate routines::no certificate or crl found)` }
    : { lists: [...lists] };
}

/** One password a line; empty lines are none (nginx: ngx_ssl_read_password_file). */
export function readPasswords(path: string): { readonly passwords: readonly string[] } | PemComplaint {
  try {
    const lines = readFileSync(systemPath(path), "latin1").split("\n");
    return { passwords: lines.map((line) => line.replace(/\r$/, "")).filter((line) => line !== "") };
  } catch (error) {
    return { complaint: `open() "${path}" failed (${describeSystemError(error as NodeJS.ErrnoException)})` };
  }
}

function readSource(name: string, complain: (why: string) => string): Pem | PemComplaint {
  if (name.startsWith(DATA)) return { text: name.slice(DATA.length) };
  try {
    return { text: readFileSync(systemPath(name), "latin1") };
  } catch (error) {
    const systemError = error as NodeJS.ErrnoException;
    const systemText = describeSystemError(systemError).replace(/^\d+: /, "");
    return { complaint: complain(fopenText(name, systemError, systemText)) };
  }
}

/** What is wrong with the first certificate that cannot be read; "" when all can. */
function firstBroken(blocks: readonly string[]): string {
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (error) {
      return `SSL: ${(error as Error).message}`;
    }
  }
  return "";
}

/** Paths are latin1 text of their bytes. */
function systemPath(path: string): Buffer {
  return Buffer.from(path, "latin1");
}
