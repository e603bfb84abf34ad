/** A self-signed certificate for the servers under load. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Needed } from "./install.ts";

export const OPENSSL: Needed = { program: "openssl", packages: ["openssl"] };

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Both in one file, as HAProxy wants it. */
  readonly bothFile: string;
}

/** Where `makeCertificate()` puts its files. */
export function certificateFilesIn(directory: string): CertificateFiles {
  return {
    certificateFile: join(directory, "certificate.pem"),
    keyFile: join(directory, "key.pem"),
    bothFile: join(directory, "both.pem"),
  };
}

/** Makes a P-256 key, the usual one of public authorities today, and a certificate for "localhost". Needs openssl(1). */
export function makeCertificate({ certificateFile, keyFile, bothFile }: CertificateFiles): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...key, ...subject, "-out", certificateFile], { stdio: "pipe" });
  writeFileSync(bothFile, readFileSync(certificateFile, "latin1") + readFileSync(keyFile, "latin1"), { mode: 0o600 });
}
