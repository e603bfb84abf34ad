/** The certificates of a test file, made once in a folder of their own and removed with it. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type Certificates, createCertificates } from "./certificates.ts";

export interface TemporaryCertificates extends Certificates {
  readonly dir: string;
}

export function temporaryCertificates(): TemporaryCertificates {
  const dir = mkdtempSync(join(tmpdir(), "foregate-certificates-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return { dir, ...createCertificates(dir) };
}
