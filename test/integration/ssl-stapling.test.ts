/** `ssl_stapling_file`: the response goes to clients that ask for one, and to no others. */

import { beforeAll, expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { askTls } from "../harness/tls-client.ts";

const certificates = temporaryCertificates();
const RESPONSE = Buffer.from("30030a0106", "hex");

const conf = `
http {
  ssl_certificate ${certificates.server.certificate};
  ssl_certificate_key ${certificates.server.key};
  ssl_session_cache builtin;
  server { listen 127.0.0.1:%%PORT%% ssl; server_name stapled.test; ssl_stapling on; ssl_stapling_file response.der; return 200 yes; }
  server { listen 127.0.0.1:%%PORT%% ssl; server_name bare.test; ssl_stapling on; return 200 no; }
}`;

let server: RunningServer;

beforeAll(async () => {
  server = await startForegate({ conf, files: { "response.der": RESPONSE } });
});

test.each(["TLSv1.2", "TLSv1.3"] as const)("the response is sent in %s", async (maxVersion) => {
  // Known to Node, not to its types.
  const asking = { ...{ requestOCSP: true }, maxVersion, port: server.port() };
  const { ocspResponse, answer } = await askTls({ ...asking, servername: "stapled.test" });
  expect([ocspResponse, answer?.body]).toEqual([RESPONSE, "yes"]);
  const bare = await askTls({ ...asking, servername: "bare.test" });
  expect([bare.ocspResponse?.length ?? 0, bare.answer?.body]).toEqual([0, "no"]);
});

test("a client that does not ask gets none", async () => {
  const { ocspResponse, answer } = await askTls({ port: server.port(), servername: "stapled.test" });
  expect([ocspResponse, answer?.body]).toEqual([undefined, "yes"]);
});
