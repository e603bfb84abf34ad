/** `ssl_verify_client` and what goes with it: who is let in, under which server's rules, and what is said of the others. */

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { CertificatePair } from "../harness/certificates.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { askTls, getText } from "../harness/tls-client.ts";
import { inErrorLog } from "./await-log.ts";

const certificates = temporaryCertificates();
const { ca, otherCa } = certificates;

const FACTS = 'return 200 "$ssl_client_verify|$ssl_client_s_dn|$ssl_client_i_dn"';
const on = (name: string, directives: string): string =>
  `server { listen 127.0.0.1:%%PORT%% ssl; server_name ${name}; ${directives} location / { ${FACTS}; } }`;

const conf = `
http {
  ssl_certificate ${certificates.server.certificate};
  ssl_certificate_key ${certificates.server.key};
  ssl_client_certificate ${ca.certificate};
  ${on("open.test", "")}
  ${on("on.test", "ssl_verify_client on;")}
  ${on("optional.test", "ssl_verify_client optional;")}
  ${on("no-ca.test", "ssl_verify_client optional_no_ca;")}
  ${on("depth.test", "ssl_verify_client on; ssl_verify_depth 0;")}
  ${on("crl.test", `ssl_verify_client on; ssl_crl ${certificates.crl};`)}
  ${on("other-ca.test", `ssl_verify_client on; ssl_client_certificate ${otherCa.certificate};`)}
  ${on("trusted.test", `ssl_verify_client on; ssl_client_certificate ${otherCa.certificate}; ssl_trusted_certificate ${ca.certificate};`)}
  ${on("page.test", "ssl_verify_client on; error_page 495 496 =403 /why; location = /why { return 403 $ssl_client_verify; }")}
}`;

let server: RunningServer;

beforeAll(async () => {
  server = await startForegate({ conf });
});

const pem = ({ certificate, key }: CertificatePair): { cert: Buffer; key: Buffer } => ({
  cert: readFileSync(certificate),
  key: readFileSync(key),
});

/** Status and the first line of the body, or of the built-in page's cause. */
async function ask(servername: string, client?: CertificatePair, host = servername): Promise<string> {
  const identity = client === undefined ? {} : pem(client);
  const { answer, error } = await askTls({ port: server.port(), servername, ...identity, request: getText(host) });
  if (answer === undefined) return error;
  const cause = /<center>([^<]+)<\/center>\s*<hr>/.exec(answer.body)?.[1];
  return `${answer.status} ${cause ?? (answer.body.startsWith("<html>") ? "" : answer.body)}`;
}

const CLIENT = "SUCCESS|CN=client|CN=Test CA";
const MISSING = "400 No required SSL certificate was sent";
const BAD = "400 The SSL certificate error";

describe("ssl_verify_client", () => {
  test.each<readonly [server: string, client: CertificatePair | undefined, answer: string]>([
    ["open.test", certificates.client, "200 NONE||"],
    ["on.test", undefined, MISSING],
    ["on.test", certificates.client, `200 ${CLIENT}`],
    ["on.test", certificates.chained, "200 SUCCESS|CN=example.com|CN=Test Intermediate CA"],
    ["on.test", certificates.selfSigned, BAD],
    ["on.test", certificates.expired, BAD],
    ["on.test", certificates.revoked, "200 SUCCESS|CN=example.com|CN=Test CA"],
    ["optional.test", undefined, "200 NONE||"],
    ["optional.test", certificates.client, `200 ${CLIENT}`],
    ["optional.test", certificates.selfSigned, BAD],
    ["no-ca.test", undefined, "200 NONE||"],
    ["no-ca.test", certificates.client, `200 ${CLIENT}`],
    ["no-ca.test", certificates.selfSigned, "200 FAILED:self-signed certificate|CN=example.com|CN=example.com"],
    ["no-ca.test", certificates.expired, BAD],
    ["depth.test", certificates.client, `200 ${CLIENT}`],
    ["depth.test", certificates.chained, BAD],
    ["crl.test", certificates.client, `200 ${CLIENT}`],
    ["crl.test", certificates.revoked, BAD],
    ["other-ca.test", certificates.client, BAD],
    ["trusted.test", certificates.client, `200 ${CLIENT}`],
    ["page.test", undefined, "403 NONE"],
    ["page.test", certificates.expired, "403 FAILED:certificate has expired"],
  ])("%s", async (name, client, answer) => expect(await ask(name, client)).toBe(answer));

  test("names the error in the log, with its number", async () => {
    await ask("on.test", certificates.expired);
    await inErrorLog(
      server,
      /\[info\].*client SSL certificate verify error: \(10:certificate has expired\) while reading client request headers, client: 127\.0\.0\.1, server: on\.test/,
    );
  });
});

describe("a Host that is not the negotiated name", () => {
  test("is misdirected where its server verifies clients, whoever asks", async () => {
    expect(await ask("open.test", undefined, "on.test")).toBe("421 ");
    expect(await ask("optional.test", certificates.client, "on.test")).toBe("421 ");
    expect(await ask("on.test", certificates.client, "other-ca.test")).toBe("421 ");
  });

  test("is served where its server asks nothing of clients", async () => {
    expect(await ask("on.test", certificates.client, "open.test")).toBe(`200 ${CLIENT}`);
  });

  test("does not let a client of the default server in, which has shown nothing", async () => {
    const { answer } = await askTls({ port: server.port(), request: getText("on.test"), ...pem(certificates.client) });
    expect(answer?.status).toBe(400);
  });
});
