/** What every path to a certificate, a key or Diffie-Hellman parameters in a site's configuration leads to. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";

export interface SitePem {
  /** With the one that signed it. */
  readonly certificate: string;
  readonly key: string;
  readonly dhparam: string;
}

/** Made anew for each test file. */
export function createSitePem(): SitePem {
  const { server, ca } = temporaryCertificates();
  const read = (path: string): string => readFileSync(path, "latin1");
  const dhparam = execFileSync("openssl", ["genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048"]).toString("latin1");
  return { certificate: read(server.certificate) + read(ca.certificate), key: read(server.key), dhparam };
}
