/** What proxy_pass https://… keeps and shares between requests: sessions and connections of the same rules and names, and no others. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { createCertificates } from "../harness/certificates.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startTlsOrigin, type TlsOrigin, type TlsOriginOptions } from "../harness/tls-origin.ts";
import { waitUntil } from "../harness/wait-until.ts";

const dir = mkdtempSync(join(tmpdir(), "foregate-proxy-ssl-"));
const certificates = createCertificates(dir);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const VERIFY = `proxy_ssl_verify on; proxy_ssl_trusted_certificate ${certificates.ca.certificate};`;

async function status(server: RunningServer, path: string): Promise<number | undefined> {
  return (await server.exchange(get(path))).answers[0]?.status;
}

async function body(server: RunningServer, path: string): Promise<string> {
  return (await server.exchange(get(path))).answers[0]?.body ?? "";
}

const site = (locations: string, values: Readonly<Record<string, number | string>>) => ({
  conf: `http {
    log_format upstream "$uri $upstream_status $upstream_connect_time $upstream_error";
    access_log logs/access.log upstream;
    server { listen 127.0.0.1:%%PORT%%; ${locations} } }`,
  values,
});

async function withOrigin(options: TlsOriginOptions, use: (origin: TlsOrigin) => Promise<void>): Promise<void> {
  const origin = await startTlsOrigin(certificates.server, options);
  try {
    await use(origin);
  } finally {
    await origin.stop();
  }
}

describe("sessions", () => {
  test("are offered again to the same peer, and $upstream_connect_time has the handshake in it", () =>
    withOrigin({}, async (origin) => {
      const conf = site(
        "proxy_http_version 1.0; location / { proxy_pass https://127.0.0.1:%%ORIGIN%%; } location /off/ { proxy_ssl_session_reuse off; proxy_pass https://127.0.0.1:%%ORIGIN%%; }",
        { ORIGIN: origin.port },
      );
      const server = await startForegate(conf);
      for (const path of ["/1", "/2", "/off/1", "/off/2"]) expect(await status(server, path)).toBe(200);
      expect(origin.handshakes.map((handshake) => handshake.reused)).toEqual([false, true, false, false]);
      await waitUntil("the access log", () => server.accessLog().includes("/off/2") || undefined, 3000);
      const [, connectTime] = /^\/1 200 (\S+)/m.exec(server.accessLog()) ?? [];
      expect(Number(connectTime)).toBeGreaterThan(0);
    }));

  test("are never carried to other rules: one that was not verified proves nothing where verification is on", () =>
    withOrigin({}, async (origin) => {
      const other = `proxy_ssl_verify on; proxy_ssl_trusted_certificate ${certificates.otherCa.certificate};`;
      const pass = "proxy_pass https://127.0.0.1:%%ORIGIN%%;";
      const server = await startForegate(
        site(
          `proxy_http_version 1.0; location /any { ${pass} } location /ours { ${VERIFY} proxy_ssl_name example.com; ${pass} }
           location /theirs { ${other} proxy_ssl_name example.com; ${pass} } location /name { ${VERIFY} proxy_ssl_name $arg_name; ${pass} }`,
          { ORIGIN: origin.port },
        ),
      );
      const paths = [
        "/any",
        "/theirs",
        "/ours",
        "/theirs",
        "/name?name=example.com",
        "/name?name=wrong.test",
        "/name?name=www.example.org",
      ];
      const answers: (number | undefined)[] = [];
      for (const path of paths) answers.push(await status(server, path));
      expect(answers).toEqual([200, 502, 200, 502, 200, 502, 200]);
      // The one is example.com's, asked for by two locations of the same rules.
      expect(origin.handshakes.filter((handshake) => handshake.reused).length).toBe(1);
    }));
});

describe("kept connections", () => {
  const clientOf = (text: string): string => (JSON.parse(text) as { client: string }).client;

  test("are used again by requests of the same settings", () =>
    withOrigin({}, async (origin) => {
      const group = "upstream app { server 127.0.0.1:%%ORIGIN%%; } server {";
      const conf = site(
        `${VERIFY} proxy_ssl_name example.com; location /a { proxy_pass https://app; } location /b { proxy_pass https://app; }`,
        {
          ORIGIN: origin.port,
        },
      );
      const server = await startForegate({ ...conf, conf: conf.conf.replace("server {", group) });
      for (const path of ["/a", "/b", "/a"]) expect(await status(server, path)).toBe(200);
      expect(origin.connections).toBe(1);
    }));

  test("are never shared by other certificates, names or verification, nor with plain requests", async () => {
    const options = { requestCert: true, rejectUnauthorized: false };
    await withOrigin(options, async (origin) => {
      const { client, otherName } = certificates;
      const as = (pair: { certificate: string; key: string }): string =>
        `proxy_ssl_certificate ${pair.certificate}; proxy_ssl_certificate_key ${pair.key};`;
      const conf = site(
        `location /client { ${as(client)} proxy_pass https://app; }
         location /other { ${as(otherName)} proxy_pass https://app; }
         location /nobody { proxy_pass https://app; }
         location /verified { ${VERIFY} proxy_ssl_server_name on; proxy_ssl_name wrong.test; proxy_pass https://app; }
         location /named { proxy_ssl_server_name on; proxy_ssl_name $arg_name; proxy_pass https://app; }
         location /plain { proxy_pass http://app; }`,
        { ORIGIN: origin.port },
      );
      const server = await startForegate({
        ...conf,
        conf: conf.conf.replace("server {", "upstream app { server 127.0.0.1:%%ORIGIN%% max_fails=0; } server {"),
      });
      for (let round = 0; round < 2; round++) {
        expect(clientOf(await body(server, "/client"))).toBe("client");
        expect(clientOf(await body(server, "/other"))).toBe("other.test");
        expect(clientOf(await body(server, "/nobody"))).toBe("");
        expect(await status(server, "/verified")).toBe(502);
        expect(await status(server, "/plain")).toBe(502);
        for (const name of ["a.test", "b.test"]) expect(await body(server, `/named?name=${name}`)).toContain(`"serverName":"${name}"`);
      }
      const named = origin.handshakes.map((handshake) => handshake.serverName);
      // client, other and nobody; then the two names: one connection each.
      expect(named.filter((name) => name === "").length).toBe(3);
      expect(named.filter((name) => name === "a.test" || name === "b.test").length).toBe(2);
    });
  });
});
