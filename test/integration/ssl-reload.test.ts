/** A reload reads certificates again; connections that are open go on, and a broken certificate changes nothing. */

import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startForegate } from "../harness/start-foregate.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { askTls } from "../harness/tls-client.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { inErrorLog } from "./await-log.ts";

const certificates = temporaryCertificates();

const conf = `
http {
  server { listen 127.0.0.1:%%PORT%% ssl; ssl_certificate now.pem; ssl_certificate_key now.key; return 200 "ok"; }
}`;

test("a renewed certificate is served after a reload, and a broken one never", async () => {
  const { server: first, otherName: second } = certificates;
  const files = { "now.pem": readFileSync(first.certificate), "now.key": readFileSync(first.key) };
  await using server = await startForegate({ conf, files });
  const subject = async (): Promise<string> => (await askTls({ port: server.port() })).certificate;
  expect(await subject()).toBe("CN=example.com rsa");

  copyFileSync(second.certificate, join(server.dir, "now.pem"));
  copyFileSync(second.key, join(server.dir, "now.key"));
  server.signal("SIGHUP");
  await waitUntil("the renewed certificate", async () => ((await subject()) === "CN=other.test ec" ? true : undefined));

  writeFileSync(join(server.dir, "now.key"), "gone\n");
  server.claim(/cannot load certificate key/);
  server.signal("SIGHUP");
  await inErrorLog(server, /\[emerg\].*cannot load certificate key "[^"]*now\.key": PEM_read_bio_PrivateKey\(\) failed/);
  expect(await subject()).toBe("CN=other.test ec");
});
