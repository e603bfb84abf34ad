/** An authority with a real OCSP responder, `openssl ocsp`: certificates that name it, and a responder certificate of its own. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { CertificatePair } from "./certificates.ts";
import { waitUntil } from "./wait-until.ts";

export interface OcspAuthority {
  readonly dir: string;
  readonly port: number;
  readonly ca: CertificatePair;
  /** Certified for OCSP by `ca`. */
  readonly delegate: CertificatePair;
  /** Signed by `ca`, without the right to sign responses. */
  readonly impostor: CertificatePair;
  /** Name the responder; each file carries the authority's certificate behind its own. */
  readonly good: CertificatePair;
  readonly revoked: CertificatePair;
  /** Names the responder, alone in its file. */
  readonly bare: CertificatePair;
  /** Starts the responder, signing with `signer`. */
  respond(signer: CertificatePair): Promise<void>;
  /** Ends the responder. */
  stop(): Promise<void>;
}

/** Files go below `dir`, which exists. */
export async function createOcspAuthority(dir: string): Promise<OcspAuthority> {
  const port = await freePort();
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { cwd: dir, stdio: ["ignore", "ignore", "pipe"] });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const pairOf = (file: string): CertificatePair => ({ certificate: join(dir, `${file}.pem`), key: join(dir, `${file}.key`) });
  const ca = pairOf("ocsp-ca");
  openssl("req", "-x509", ...newKey, "-days", "30", "-subj", "/CN=OCSP Test CA", "-keyout", ca.key, "-out", ca.certificate);
  let serial = 0x80;
  const issue = (file: string, extensions: string): CertificatePair => {
    const pair = pairOf(file);
    writeFileSync(join(dir, `${file}.ext`), extensions);
    openssl("req", "-new", ...newKey, "-subj", `/CN=${file}`, "-keyout", pair.key, "-out", `${file}.csr`);
    const signing = ["-CA", ca.certificate, "-CAkey", ca.key, "-set_serial", String(serial++), "-days", "30", "-extfile", `${file}.ext`];
    openssl("x509", "-req", "-in", `${file}.csr`, ...signing, "-out", pair.certificate);
    return pair;
  };
  const naming = `authorityInfoAccess=OCSP;URI:http://127.0.0.1:${port}/`;
  const [good, revoked] = [issue("good", naming), issue("revoked", naming)];
  // openssl's index: V or R, end, date of the revocation, serial number, file, name.
  writeFileSync(
    join(dir, "index.txt"),
    "V\t491231235959Z\t\t80\tunknown\t/CN=good\nR\t491231235959Z\t200101000000Z\t81\tunknown\t/CN=revoked\n",
  );
  const bare = { certificate: join(dir, "bare.pem"), key: good.key };
  execFileSync("sh", ["-c", "cp good.pem bare.pem; cat ocsp-ca.pem >> good.pem; cat ocsp-ca.pem >> revoked.pem"], { cwd: dir });
  const delegate = issue("delegate", "extendedKeyUsage=OCSPSigning");
  const impostor = issue("impostor", "basicConstraints=CA:FALSE");

  let child: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const exit = once(ending, "exit");
    ending.kill("SIGKILL");
    await exit;
  };
  const respond = async (signer: CertificatePair): Promise<void> => {
    const signing = ["-CA", ca.certificate, "-rsigner", signer.certificate, "-rkey", signer.key, "-ndays", "1"];
    const started = spawn("openssl", ["ocsp", "-index", "index.txt", "-port", String(port), ...signing], { cwd: dir });
    child = started;
    let output = "";
    started.stderr.on("data", (chunk) => {
      output += chunk;
    });
    started.stdout.on("data", (chunk) => {
      output += chunk;
    });
    await waitUntil("openssl ocsp", () => (/waiting for OCSP client connections|ACCEPT/i.test(output) ? true : undefined));
  };
  afterAll(stop);
  return { dir, port, ca, delegate, impostor, good, revoked, bare, respond, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("Cannot find a free port");
  return address.port;
}
