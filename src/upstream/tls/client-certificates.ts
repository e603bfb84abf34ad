/** `*_ssl_certificate` and `*_ssl_certificate_key`: who we are to a peer (nginx: ngx_http_upstream_ssl_certificate). */

import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { TemplateText } from "../../config/template-text.ts";
import { readCertificate, readKey } from "../../net/tls/read-pem.ts";
import type { ClientCertificate } from "./tls-context.ts";

export function hasVariables(text: TemplateText | undefined): boolean {
  return text?.parts.some((part) => typeof part !== "string") === true;
}

/** Certificate and key read from where they are named, or what is wrong with them. */
export function readClientCertificate(
  certificate: string,
  key: string,
  passwords: readonly string[],
  confPrefix: string,
): ClientCertificate | { readonly complaint: string } {
  const certificateName = sourceName(certificate, confPrefix);
  const keyName = sourceName(key, confPrefix);
  const certificatePem = readCertificate(certificateName);
  if ("complaint" in certificatePem) return certificatePem;
  const keyPem = readKey(keyName);
  if ("complaint" in keyPem) return keyPem;
  return { certificate: certificatePem.text, key: keyPem.text, certificateName, keyName, passwords };
}

/** Paths are relative to the directory of the configuration; "data:" and the like are no paths. */
export function sourceName(name: string, confPrefix: string): string {
  return /^(?:data|engine|store):/.test(name) ? name : resolve(confPrefix, name);
}

/** Differs when a file has changed. */
export function stampOf(names: readonly string[]): string {
  return names.map(stampOfFile).join(" ");
}

function stampOfFile(name: string): string {
  if (name.startsWith("data:")) return "";
  const stats = statSync(Buffer.from(name, "latin1"), { throwIfNoEntry: false });
  return stats === undefined ? "none" : `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}`;
}
