/** uwsgi_pass suwsgi://…: the real uWSGI behind its own TLS, and peers that are not what they have to be. */

import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer as createListener } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { get, withContent } from "../differential/requests.ts";
import { createCertificates } from "../harness/certificates.ts";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { type RunningUwsgi, startUwsgi } from "../harness/start-uwsgi.ts";
import { startEagerServer, startTlsOrigin } from "../harness/tls-origin.ts";
import { decodeUwsgiPacket, varOf } from "../harness/uwsgi-packet.ts";
import { inErrorLog } from "./await-log.ts";

const dir = mkdtempSync(join(tmpdir(), "foregate-uwsgi-ssl-"));
const certificates = createCertificates(dir);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const VERIFY = `uwsgi_ssl_verify on; uwsgi_ssl_trusted_certificate ${certificates.ca.certificate}; uwsgi_ssl_name example.com;`;

requireOracle("uwsgi")("the real uWSGI over TLS", () => {
  let app: RunningUwsgi;
  let server: RunningServer;

  beforeAll(async () => {
    const port = await freePort();
    const { certificate, key } = certificates.server;
    app = await startUwsgi({ app: "wsgi_echo.py", args: ["--suwsgi-socket", `127.0.0.1:${port},${certificate},${key}`] });
    server = await startForegate({
      conf: `http { upstream app { server 127.0.0.1:%%APP%%; }
        server { listen 127.0.0.1:%%PORT%%; client_max_body_size 4m; uwsgi_param REQUEST_METHOD $request_method; uwsgi_param PATH_INFO $uri;
          uwsgi_param CONTENT_LENGTH $content_length; uwsgi_param QUERY_STRING $args;
          location / { uwsgi_pass suwsgi://127.0.0.1:%%APP%%; }
          location /verified/ { ${VERIFY} uwsgi_pass suwsgi://app; }
          location /variable/ { set $to suwsgi://app; uwsgi_pass $to; }
          location /wrong/ { ${VERIFY.replace("example.com", "wrong.test")} uwsgi_pass suwsgi://app; }
          location /clear/ { uwsgi_pass 127.0.0.1:%%APP%%; } } }`,
      values: { APP: port },
    });
  });
  afterAll(async () => void (await app.stop()));

  test.each(["/", "/verified/", "/variable/"])("%s is answered by the application", async (path) => {
    for (let round = 0; round < 3; round++) {
      const { answers } = await server.exchange(get(path));
      expect(answers[0]?.status).toBe(200);
    }
  });

  test("a megabyte goes there", async () => {
    const { answers } = await server.exchange(withContent("POST", "/verified/", "x".repeat(1_048_576)));
    expect(answers[0]?.status).toBe(200);
  });

  test("a name that is not the certificate's is refused", async () => {
    expect((await server.exchange(get("/wrong/"))).answers[0]?.status).toBe(502);
    await inErrorLog(
      server,
      /upstream SSL certificate does not match "wrong.test" while SSL handshaking to upstream.*upstream: "suwsgi:\/\/127/,
    );
  });

  test("a packet in the clear gets no answer", async () => {
    expect((await server.exchange(get("/clear/"))).answers[0]?.status).toBe(502);
  });
});

test("vars and content reach a uwsgi server over TLS, by the name asked for", async () => {
  const serve = (socket: TLSSocket): void => {
    let received = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const packet = decodeUwsgiPacket(received);
      if (packet !== undefined)
        socket.end(`Status: 200 OK\r\n\r\n${varOf(packet, "PATH_INFO")} ${received.toString("latin1", 4 + packet.datasize)}`);
    });
  };
  const origin = await startTlsOrigin(certificates.server, { serve });
  try {
    const server = await startForegate({
      conf: `http { server { listen 127.0.0.1:%%PORT%%; uwsgi_param PATH_INFO $uri; uwsgi_param CONTENT_LENGTH $content_length;
        location / { ${VERIFY} uwsgi_ssl_server_name on; uwsgi_pass suwsgi://127.0.0.1:%%ORIGIN%%; } } }`,
      values: { ORIGIN: origin.port },
    });
    const { answers } = await server.exchange(withContent("POST", "/p", "content"));
    expect(answers[0]?.body).toBe("/p content");
    expect(origin.handshakes[0]?.serverName).toBe("example.com");
  } finally {
    await origin.stop();
  }
});

test.each(["", VERIFY])("what a peer says before TLS is never an answer (%s)", async (directives) => {
  const eager = await startEagerServer("Status: 200 OK\r\nContent-Length: 4\r\n\r\nfake");
  try {
    const server = await startForegate({
      conf: `http { server { listen 127.0.0.1:%%PORT%%; uwsgi_param PATH_INFO $uri; location / { ${directives} uwsgi_pass suwsgi://127.0.0.1:%%EAGER%%; } } }`,
      values: { EAGER: eager.port },
    });
    const { answers } = await server.exchange(get("/"));
    expect(answers[0]?.status).toBe(502);
    expect(answers[0]?.body).not.toContain("fake");
    await inErrorLog(server, /SSL_do_handshake\(\) failed .* while SSL handshaking to upstream/);
  } finally {
    await eager.stop();
  }
});

function freePort(): Promise<number> {
  const listener = createListener();
  return new Promise((resolve) => {
    listener.listen(0, "127.0.0.1", () => {
      const { port } = listener.address() as AddressInfo;
      listener.close(() => resolve(port));
    });
  });
}
