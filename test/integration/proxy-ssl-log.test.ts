/** Handshakes that fail are logged as the real nginx logs them: the same level and the same words. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { createCertificates } from "../harness/certificates.ts";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { startEagerServer, startTlsOrigin } from "../harness/tls-origin.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { startScriptedServer } from "./scripted-server.ts";

const dir = mkdtempSync(join(tmpdir(), "foregate-proxy-ssl-log-"));
const certificates = createCertificates(dir);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const { server: good, serverEcdsa, selfSigned, expired, revoked, chained, intermediate, ca, otherCa, crl } = certificates;
const VERIFY = `proxy_ssl_verify on; proxy_ssl_trusted_certificate ${ca.certificate};`;
const trusting = (path: string): string => `proxy_ssl_verify on; proxy_ssl_trusted_certificate ${path};`;

const ORIGINS = {
  GOOD: () => startTlsOrigin(good),
  ECDSA: () => startTlsOrigin(serverEcdsa),
  SELF: () => startTlsOrigin(selfSigned),
  EXPIRED: () => startTlsOrigin(expired),
  REVOKED: () => startTlsOrigin(revoked),
  CHAINED: () => startTlsOrigin(chained),
  OLD: () => startTlsOrigin(good, { maxVersion: "TLSv1.2" }),
  NEW: () => startTlsOrigin(good, { minVersion: "TLSv1.3" }),
  EAGER: () => startEagerServer("HTTP/1.1 200 OK\r\n\r\n"),
  CLOSING: () => startScriptedServer((socket) => void socket.end()),
  SILENT: () => startScriptedServer(() => undefined),
};

const ROWS: readonly (readonly [path: string, origin: keyof typeof ORIGINS, directives: string])[] = [
  ["self-signed", "SELF", VERIFY],
  ["expired", "EXPIRED", VERIFY],
  ["revoked", "REVOKED", `${VERIFY} proxy_ssl_crl ${crl};`],
  ["other-authority", "GOOD", trusting(otherCa.certificate)],
  ["chain-without-root", "CHAINED", trusting(intermediate.certificate)],
  ["chain-other-authority", "CHAINED", trusting(otherCa.certificate)],
  ["chain-without-crl", "CHAINED", `${VERIFY} proxy_ssl_crl ${crl};`],
  ["wrong-name", "ECDSA", `${VERIFY} proxy_ssl_name wrong.test;`],
  ["too-new", "OLD", "proxy_ssl_protocols TLSv1.3;"],
  ["too-old", "NEW", "proxy_ssl_protocols TLSv1.2;"],
  ["no-cipher", "OLD", "proxy_ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256;"],
  ["no-tls", "EAGER", ""],
  ["closing", "CLOSING", ""],
  ["silent", "SILENT", "proxy_connect_timeout 300ms;"],
];

requireOracle("nginx")("failed handshakes", () => {
  let servers: readonly RunningServer[] = [];
  const started: { stop(): Promise<void> }[] = [];
  afterAll(async () => void (await Promise.all(started.map((origin) => origin.stop()))));

  beforeAll(async () => {
    const values: Record<string, number> = {};
    for (const [name, start] of Object.entries(ORIGINS)) {
      const origin = await start();
      started.push(origin);
      values[name] = origin.port;
    }
    const locations = ROWS.map(
      ([path, origin, directives]) =>
        `location /${path} { proxy_ssl_name example.com; ${directives} proxy_pass https://127.0.0.1:%%${origin}%%; }`,
    ).map((text) => (text.split("proxy_ssl_name").length > 2 ? text.replace("proxy_ssl_name example.com; ", "") : text));
    const conf = `http { proxy_ssl_protocols TLSv1.2 TLSv1.3; proxy_ssl_session_reuse off; server { listen 127.0.0.1:%%PORT%%; ${locations.join("\n")} } }`;
    servers = [await startNginx({ conf, values }), await startForegate({ conf, values })];
  });

  /** Level and message, without what foregate adds behind them. */
  async function lineOf(server: RunningServer, path: string): Promise<string> {
    await server.exchange(get(`/${path}`));
    const line = new RegExp(`\\[\\w+\\] .* while SSL handshaking to upstream, .*"GET /${path} .*`);
    const found = await waitUntil(`a line about ${path}`, () => line.exec(server.errorLog())?.[0], 4000);
    // Newer versions of OpenSSL say "ssl/tls alert".
    return found
      .replace(/ \d+#\d+: \*\d+/, "")
      .replace(/, client: .*/, "")
      .replace("ssl/tls alert", "sslv3 alert");
  }

  test.each(ROWS)("%s", async (path) => {
    const [nginx, foregate] = servers;
    if (nginx === undefined || foregate === undefined) throw new Error("No servers");
    expect(await lineOf(foregate, path)).toBe(await lineOf(nginx, path));
  });
});
