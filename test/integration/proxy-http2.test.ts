/** `proxy_http_version 2`: requests to real HTTP/2 servers, in the clear and over TLS. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createSecureServer, createServer } from "node:http2";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, expect, test } from "vitest";
import { request } from "../differential/requests.ts";
import { createCertificates } from "../harness/certificates.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { haveNginx, startNginx } from "../harness/start-nginx.ts";
import { readBody, startHttp2Origin } from "../unit/upstream/http2/http2-origin.ts";

const dir = mkdtempSync(join(tmpdir(), "foregate-proxy-http2-"));
const certificates = createCertificates(dir);
afterAll(() => rmSync(dir, { recursive: true }));

const TRUST = `proxy_ssl_verify on; proxy_ssl_trusted_certificate ${certificates.ca.certificate}; proxy_ssl_name example.com;`;

function confFor(pass: string, directives = "", upstream = ""): string {
  const location = `location / { proxy_pass ${pass}; proxy_http_version 2; ${directives} }`;
  return `http { client_max_body_size 100m; ${upstream} server { listen 127.0.0.1:%%PORT%%; ${location} } }`;
}

test.skipIf(!haveNginx())("nginx answers over HTTP/2, and the end of its connection after keepalive_requests costs no answer", async () => {
  await using nginx = await startNginx({
    conf: `http {
      keepalive_requests 20;
      server {
        listen 127.0.0.1:%%PORT%% http2;
        location / { return 200 "$server_protocol $request_method $host $request_uri"; }
        location /large { root files; }
      }
    }`,
    files: { "files/large": "l".repeat(3_000_000) },
  });
  await using server = await startForegate({ conf: confFor(`http://127.0.0.1:${nginx.port()}`, "proxy_set_header Host $host;") });
  for (let round = 0; round < 8; round++) {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => server.exchange(request("GET", `/a?${round}-${i}`))));
    for (const [i, { answers: got }] of answers.entries()) {
      expect(got[0]?.body).toBe(`HTTP/2.0 GET localhost /a?${round}-${i}`);
    }
  }
  const large = await Promise.all(Array.from({ length: 4 }, () => server.exchange(request("GET", "/large"))));
  expect(large.map(({ answers }) => answers[0]?.body.length)).toEqual([3_000_000, 3_000_000, 3_000_000, 3_000_000]);
});

test("large bodies go up and down at the same time", async () => {
  await using origin = await startHttp2Origin((stream) => {
    void readBody(stream).then((body) => {
      stream.respond({ ":status": 200 });
      stream.end(body);
    });
  });
  await using server = await startForegate({ conf: confFor(`http://127.0.0.1:${origin.port}`, "proxy_request_buffering off;") });
  const body = "0123456789".repeat(200_000);
  const echoed = await Promise.all(
    Array.from({ length: 4 }, () => server.exchange(request("POST", "/", `Content-Length: ${body.length}`) + body)),
  );
  for (const { answers } of echoed) expect(answers[0]?.body).toBe(body);
  expect(origin.sessions).toHaveLength(1);
});

test("ALPN asks for h2 alone, and the certificate is verified", async () => {
  const offered: (readonly string[])[] = [];
  const origin = createSecureServer({
    key: readFileSync(certificates.server.key),
    cert: readFileSync(certificates.server.certificate),
    ALPNCallback: ({ protocols }) => {
      offered.push(protocols);
      return "h2";
    },
  });
  origin.on("stream", (stream, headers) => {
    stream.respond({ ":status": 200 });
    stream.end(`${headers[":scheme"]} ${stream.session?.alpnProtocol}`);
  });
  origin.on("sessionError", () => undefined);
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  const { port } = origin.address() as AddressInfo;
  await using server = await startForegate({ conf: confFor(`https://127.0.0.1:${port}`, TRUST) });
  expect((await server.exchange(request("GET", "/"))).answers[0]?.body).toBe("https h2");
  expect(offered).toEqual([["h2"]]);
  const strange = TRUST.replace("example.com", "other.test");
  await using wary = await startForegate({ conf: confFor(`https://127.0.0.1:${port}`, strange) });
  expect((await wary.exchange(request("GET", "/"))).answers[0]?.status).toBe(502);
  expect(wary.errorLog()).toContain('upstream SSL certificate does not match "other.test" while SSL handshaking to upstream');
  origin.close();
});

test("PROXY protocol goes first, before HTTP/2 and before TLS, and its connection is nobody else's", async () => {
  const prefaces: string[] = [];
  const serve = createServer();
  serve.on("stream", (stream) => {
    stream.respond({ ":status": 200 });
    stream.end("ok");
  });
  const origin = createTcpServer((socket) => {
    socket.once("data", (chunk) => {
      socket.pause();
      const end = chunk.indexOf("\n") + 1;
      prefaces.push(chunk.toString("latin1", 0, end));
      if (chunk.length > end) socket.unshift(chunk.subarray(end));
      serve.emit("connection", socket);
    });
  });
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  const { port } = origin.address() as AddressInfo;
  await using server = await startForegate({ conf: confFor(`http://127.0.0.1:${port}`, "proxy_protocol on;") });
  for (let i = 0; i < 2; i++) expect((await server.exchange(request("GET", "/"))).answers[0]?.body).toBe("ok");
  expect(prefaces).toEqual([expect.stringMatching(/^PROXY TCP4 127/), expect.stringMatching(/^PROXY TCP4 127/)]);
  origin.close();
});

test("a TLS server that speaks HTTP/1 only is named as the cause", async () => {
  const origin = createTlsServer(
    { key: readFileSync(certificates.server.key), cert: readFileSync(certificates.server.certificate) },
    (socket) => {
      socket.on("error", () => socket.destroy());
      socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
    },
  );
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  const { port } = origin.address() as AddressInfo;
  await using server = await startForegate({ conf: confFor(`https://127.0.0.1:${port}`, TRUST) });
  expect((await server.exchange(request("GET", "/"))).answers[0]?.status).toBe(502);
  expect(server.errorLog()).toMatch(
    /upstream sent no valid HTTP\/2 connection preface while reading response header from upstream.*proxy_http_version 1\.1/,
  );
  origin.close();
});

test("the next peer is asked when one refuses connections", async () => {
  await using gone = await startHttp2Origin(() => undefined);
  await using origin = await startHttp2Origin((stream) => {
    stream.respond({ ":status": 200 });
    stream.end("ok");
  });
  const { port } = gone;
  await gone[Symbol.asyncDispose]();
  const upstream = `upstream u { server 127.0.0.1:${port}; server 127.0.0.1:${origin.port}; }`;
  await using server = await startForegate({ conf: confFor("http://u", "", upstream) });
  for (let i = 0; i < 3; i++) expect((await server.exchange(request("GET", "/"))).answers[0]?.body).toBe("ok");
  await using secure = await startForegate({ conf: confFor(`https://127.0.0.1:${port}`) });
  expect((await secure.exchange(request("GET", "/"))).answers[0]?.status).toBe(502);
  expect(secure.errorLog()).toContain("connect() failed (111: Connection refused) while connecting to upstream");
});
