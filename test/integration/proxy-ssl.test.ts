/** proxy_pass https://…: handshakes that fail, bodies both ways, and the ways to an upstream. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { get, withContent } from "../differential/requests.ts";
import { createCertificates } from "../harness/certificates.ts";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { startEagerServer, startTlsOrigin, type TlsOrigin, type TlsOriginOptions } from "../harness/tls-origin.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { inErrorLog } from "./await-log.ts";
import { startScriptedServer } from "./scripted-server.ts";

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

describe("failed handshakes", () => {
  let server: RunningServer;
  const started: { stop(): Promise<void> }[] = [];
  afterAll(async () => void (await Promise.all(started.map((origin) => origin.stop()))));

  beforeAll(async () => {
    const { server: good, selfSigned, expired, revoked, chained } = certificates;
    const pairs = { GOOD: good, SELF: selfSigned, EXPIRED: expired, REVOKED: revoked, CHAINED: chained };
    const values: Record<string, number> = {};
    for (const [name, pair] of Object.entries(pairs)) {
      const origin = await startTlsOrigin(pair);
      started.push(origin);
      values[name] = origin.port;
    }
    const [eager, silent, closing, old] = [
      await startEagerServer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake"),
      await startScriptedServer(() => undefined),
      await startScriptedServer((socket) => socket.end()),
      await startTlsOrigin(good, { maxVersion: "TLSv1.2" }),
    ];
    started.push(eager, silent, closing, old);
    Object.assign(values, { EAGER: eager.port, SILENT: silent.port, CLOSING: closing.port, OLD: old.port });
    const to = (path: string, origin: string, directives = ""): string =>
      `location /${path} { ${directives} proxy_ssl_name example.com; proxy_pass https://127.0.0.1:%%${origin}%%; }`;
    server = await startForegate(
      site(
        [
          to("self-signed", "SELF", VERIFY),
          to("expired", "EXPIRED", VERIFY),
          to("revoked", "REVOKED", `${VERIFY} proxy_ssl_crl ${certificates.crl};`),
          to("chain", "CHAINED", `${VERIFY} proxy_ssl_verify_depth 0;`),
          `location /name { ${VERIFY} proxy_ssl_name wrong.test; proxy_pass https://127.0.0.1:%%GOOD%%; }`,
          to("eager", "EAGER"),
          to("silent", "SILENT", "proxy_connect_timeout 200ms;"),
          to("closing", "CLOSING"),
          to("old", "OLD", "proxy_ssl_protocols TLSv1.3;"),
        ].join("\n"),
        values,
      ),
    );
  });

  const HANDSHAKE =
    'while SSL handshaking to upstream, client: 127\\.0\\.0\\.1, server: , request: .*, upstream: "https://127\\.0\\.0\\.1:\\d+/';

  test.each([
    ["self-signed", 502, "upstream SSL certificate verify error: \\(18:self-signed certificate\\)", "certificate_rejected"],
    ["expired", 502, "upstream SSL certificate verify error: \\(10:certificate has expired\\)", "certificate_rejected"],
    ["revoked", 502, "upstream SSL certificate verify error: \\(23:certificate revoked\\)", "certificate_rejected"],
    ["chain", 502, "upstream SSL certificate verify error: \\(22:certificate chain too long\\)", "certificate_rejected"],
    ["name", 502, 'upstream SSL certificate does not match "wrong.test"', "certificate_rejected"],
    ["eager", 502, "SSL_do_handshake\\(\\) failed \\(SSL: error:0A00010B:SSL routines::wrong version number\\)", "not_tls"],
    ["silent", 504, "upstream timed out \\(110: Connection timed out\\)", "tls_timeout"],
    ["closing", 502, "peer closed connection in SSL handshake", "tls_closed"],
    [
      "old",
      502,
      "SSL_do_handshake\\(\\) failed \\(SSL: error:0A00042E:SSL routines::tlsv1 alert protocol version:SSL alert number 70\\)",
      "tls_failed",
    ],
  ] as const)("%s is answered %i and logged in nginx's words", async (path, expected, message, cause) => {
    expect(await status(server, `/${path}`)).toBe(expected);
    await inErrorLog(server, new RegExp(`\\[error\\] .*${message} ${HANDSHAKE}${path}`));
    await waitUntil("the access log", () => server.accessLog().includes(`/${path} ${expected} `) || undefined, 3000);
    expect(server.accessLog()).toMatch(new RegExp(`^/${path} ${expected} - ${cause}$`, "m"));
  });
});

describe("bodies over TLS", () => {
  const BIG = "0123456789abcdef".repeat(65_536);

  function serveBig(socket: TLSSocket): void {
    let received = 0;
    socket.on("data", (chunk: Buffer) => {
      const text = chunk.toString("latin1");
      received += chunk.length;
      if (text.startsWith("GET")) {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${BIG.length}\r\n\r\n`);
        socket.write(BIG);
      } else if (received > BIG.length) {
        socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ngot ${received - BIG.length > 0}`);
      }
    });
  }

  test("come whole, large ones too, buffered and not, both ways", () =>
    withOrigin({ serve: serveBig }, async (origin) => {
      const pass = "client_max_body_size 2m; proxy_pass https://127.0.0.1:%%ORIGIN%%;";
      const server = await startForegate(
        site(`location /b { ${pass} } location /u { proxy_buffering off; proxy_request_buffering off; ${pass} }`, { ORIGIN: origin.port }),
      );
      for (const path of ["/b", "/u", "/b"]) expect((await body(server, path)) === BIG).toBe(true);
      for (const path of ["/b", "/u"]) {
        const result = await server.exchange(withContent("POST", path, BIG));
        expect(result.answers[0]?.body).toBe("got true");
      }
    }));

  test("a client that reads slowly holds the upstream back", () => {
    let written = 0;
    const serve = (socket: TLSSocket): void => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        const push = (): void => {
          while (written < 64 * 1_048_576) {
            written += 65_536;
            if (!socket.write(Buffer.alloc(65_536))) break;
          }
        };
        socket.on("drain", push);
        push();
      });
    };
    return withOrigin({ serve }, async (origin) => {
      const server = await startForegate(
        site("location / { proxy_buffering off; proxy_pass https://127.0.0.1:%%ORIGIN%%; }", { ORIGIN: origin.port }),
      );
      const { connect } = await import("node:net");
      const client = connect(server.port(), "127.0.0.1", () => client.write(get("/")));
      client.once("readable", () => undefined);
      let before = -1;
      await waitUntil(
        "the origin to be held back",
        () => {
          const isHeld = written > 0 && written === before;
          before = written;
          return isHeld || undefined;
        },
        5000,
      );
      expect(written).toBeLessThan(32 * 1_048_576);
      client.destroy();
    });
  });
});

describe("other ways to an upstream", () => {
  test("a unix socket, an address of variables, ALPN and the key log", () => {
    const path = join(dir, "origin.sock");
    return withOrigin({ path, ALPNProtocols: ["http/1.1"] }, async () => {
      const server = await startForegate(
        site(
          `location /unix { proxy_pass https://unix:${path}:/x; }
           location /variable { set $to unix:${path}; proxy_ssl_alpn http/1.1; proxy_ssl_key_log %%DIR%%/keys; proxy_pass https://$to:/x; }`,
          {},
        ),
      );
      expect(await status(server, "/unix")).toBe(200);
      expect(await body(server, "/variable")).toContain('"alpn":"http/1.1"');
      await waitUntil(
        "the key log",
        () => /^CLIENT_TRAFFIC_SECRET_0 /m.test(readFileSync(join(server.dir, "keys"), "latin1")) || undefined,
        3000,
      );
    });
  });

  test("a certificate that a variable names is read anew when its file changes", () =>
    withOrigin({ requestCert: true, rejectUnauthorized: false }, async (origin) => {
      const { client, otherName } = certificates;
      const [certificate, key] = [join(dir, "changing.pem"), join(dir, "changing.key")];
      const use = (pair: { certificate: string; key: string }): void => {
        writeFileSync(certificate, readFileSync(pair.certificate));
        writeFileSync(key, readFileSync(pair.key));
      };
      use(client);
      const server = await startForegate(
        site(
          `proxy_http_version 1.0; location / { proxy_ssl_certificate ${dir}/$arg_file.pem; proxy_ssl_certificate_key ${dir}/$arg_file.key; proxy_pass https://127.0.0.1:%%ORIGIN%%; }`,
          { ORIGIN: origin.port },
        ),
      );
      expect(await body(server, "/?file=changing")).toContain('"client":"client"');
      use(otherName);
      expect(await body(server, "/?file=changing")).toContain('"client":"other.test"');
      expect(await status(server, "/?file=missing")).toBe(500);
      await inErrorLog(server, /cannot load certificate ".*\/missing\.pem": BIO_new_file\(\) failed \(SSL: error:80000002:/);
    }));
});

requireOracle("nginx")("nginx as the origin", () => {
  test("is verified, asked by name, shown a certificate, and keeps its connections", async () => {
    const { server: pair, client, ca } = certificates;
    const origin = await startNginx({
      conf: `http { server { listen 127.0.0.1:%%PORT%% ssl; ssl_certificate ${pair.certificate}; ssl_certificate_key ${pair.key};
        ssl_client_certificate ${ca.certificate}; ssl_verify_client on;
        location / { return 200 "$ssl_server_name $ssl_client_s_dn $connection_requests"; } } }`,
    });
    const server = await startForegate(
      site(
        `location / { ${VERIFY} proxy_ssl_name www.example.org; proxy_ssl_server_name on; proxy_ssl_certificate ${client.certificate};
         proxy_ssl_certificate_key ${client.key}; proxy_pass https://127.0.0.1:%%ORIGIN%%; }`,
        { ORIGIN: origin.port() },
      ),
    );
    expect(await body(server, "/")).toBe("www.example.org CN=client 1");
    expect(await body(server, "/")).toBe("www.example.org CN=client 2");
  });
});
