/** `ssl_stapling` with a responder: asked in the background, its response checked, and sent to clients that want one. */

import { execFile } from "node:child_process";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { createOcspAuthority, type OcspAuthority } from "../harness/ocsp-authority.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { askTls } from "../harness/tls-client.ts";
import { waitUntil } from "../harness/wait-until.ts";

const { dir } = temporaryCertificates();
let authority: OcspAuthority;

beforeAll(async () => {
  authority = await createOcspAuthority(dir);
});
beforeEach(() => authority.stop());

function confOf({ certificate, key }: OcspAuthority["good"], directives = ""): string {
  return `http {
  ssl_certificate ${certificate};
  ssl_certificate_key ${key};
  ssl_stapling on;
  ${directives}
  server { listen 127.0.0.1:%%PORT%% ssl; return 200 yes; }
}`;
}

async function ask(server: RunningServer): Promise<number> {
  // Known to Node, not to its types.
  const { ocspResponse, answer } = await askTls({ ...{ requestOCSP: true }, port: server.port() });
  expect(answer?.body).toBe("yes");
  return ocspResponse?.length ?? 0;
}

function untilStapled(server: RunningServer): Promise<number> {
  return waitUntil("a stapled response", async () => (await ask(server)) || undefined);
}

async function untilLogged(server: RunningServer, pattern: RegExp): Promise<void> {
  await ask(server);
  await waitUntil(String(pattern), () => (pattern.test(server.errorLog()) ? true : undefined));
}

test("the first handshake starts the question, later ones get what OpenSSL takes for a good response", async () => {
  await authority.respond(authority.ca);
  const server = await startForegate({ conf: confOf(authority.good) });
  expect(await ask(server)).toBe(0);
  await untilStapled(server);
  const client = ["s_client", "-connect", `127.0.0.1:${server.port()}`, "-status", "-CAfile", authority.ca.certificate];
  const asking = promisify(execFile)("openssl", client);
  asking.child.stdin?.end();
  const { stdout } = await asking;
  expect(stdout).toContain("OCSP Response Status: successful");
  expect(stdout).toContain("Cert Status: good");
});

test("a response is kept: the responder is not needed for later handshakes", async () => {
  await authority.respond(authority.ca);
  const server = await startForegate({ conf: confOf(authority.good) });
  await untilStapled(server);
  await authority.stop();
  expect(await ask(server)).toBeGreaterThan(0);
});

test.each(["ca", "delegate"] as const)("ssl_stapling_verify takes a response signed by the %s", async (signer) => {
  await authority.respond(authority[signer]);
  const server = await startForegate({ conf: confOf(authority.good, "ssl_stapling_verify on;") });
  await untilStapled(server);
});

test("ssl_stapling_verify does not take a response whose signer may not sign", async () => {
  await authority.respond(authority.impostor);
  const server = await startForegate({ conf: confOf(authority.good, "ssl_stapling_verify on;") });
  await untilLogged(
    server,
    /\[error\] .*OCSP_basic_verify\(\) failed \(missing ocspsigning usage\) while requesting certificate status, responder: /,
  );
  expect(await ask(server)).toBe(0);
});

test("a revoked certificate is not stapled", async () => {
  await authority.respond(authority.ca);
  const server = await startForegate({ conf: confOf(authority.revoked) });
  await untilLogged(server, /\[error\] .*certificate status "revoked" in the OCSP response/);
  expect(await ask(server)).toBe(0);
});

test("a responder that is not there keeps no handshake waiting", async () => {
  const server = await startForegate({ conf: confOf(authority.good) });
  await untilLogged(server, /\[error\] .*OCSP request failed \(111: Connection refused\) while requesting certificate status/);
  expect(await ask(server)).toBe(0);
  expect(server.errorLog().match(/OCSP request failed/g)).toHaveLength(1);
});

test.each([
  ["silent", "", ""],
  [
    "endless",
    `HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\n\r\n${"0".repeat(20_000)}`,
    "OCSP responder sent too big response",
  ],
  ["mistaken", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", 'OCSP responder sent invalid "Content-Type" header: "text/html"'],
  ["failing", "HTTP/1.1 503 Busy\r\n\r\n", "OCSP responder sent status 503"],
  ["raving", "HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\nContent-Length: 3\r\n\r\nabc", "d2i_OCSP_RESPONSE() failed"],
])("a %s responder is borne, and does not keep the server from its end", async (_manner, answer, message) => {
  let asked = "";
  const responder = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      asked += chunk.toString("latin1");
      socket.write(answer);
    });
  }).listen(authority.port, "127.0.0.1");
  try {
    const server = await startForegate({ conf: confOf(authority.good) });
    expect(await ask(server)).toBe(0);
    await waitUntil("a question", () => (/^POST \/ HTTP\/1\.1\r\n/.test(asked) ? true : undefined));
    if (message !== "") await waitUntil(message, () => (server.errorLog().includes(message) ? true : undefined));
    expect(await ask(server)).toBe(0);
    server.signal("SIGQUIT");
    expect((await server.exit).code).toBe(0);
    await server.stop();
  } finally {
    responder.close();
  }
});

test("the issuer may stand in ssl_trusted_certificate, and the responder in ssl_stapling_responder", async () => {
  await authority.respond(authority.ca);
  const directives = `ssl_trusted_certificate ${authority.ca.certificate}; ssl_stapling_responder http://127.0.0.1:${authority.port}/asked;`;
  const server = await startForegate({ conf: confOf(authority.bare, directives) });
  await untilStapled(server);
});

test.each([
  ["bare", "", /\[warn\] .*"ssl_stapling" ignored, issuer certificate not found for certificate ".*bare\.pem"/],
  [
    "good",
    "ssl_stapling_responder https://127.0.0.1/;",
    /\[warn\] .*"ssl_stapling" ignored, invalid URL prefix in OCSP responder "https:\/\/127/,
  ],
] as const)("stapling is left off and said so: %s %s", async (pair, directives, warning) => {
  const server = await startForegate({ conf: confOf(authority[pair], directives) });
  expect(await ask(server)).toBe(0);
  expect(server.errorLog()).toMatch(warning);
});
