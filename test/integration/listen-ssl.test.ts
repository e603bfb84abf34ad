/** `listen … ssl`: which certificate, which server, which protocol; and what a broken client gets. */

import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { connect } from "node:tls";
import { beforeAll, describe, expect, test } from "vitest";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { askTls, getText, type TlsAnswer } from "../harness/tls-client.ts";
import { recordHello, splitRecords } from "../unit/http/connection/tls/record-hello.ts";
import { inErrorLog } from "./await-log.ts";
import { openClient } from "./client-socket.ts";

const certificates = temporaryCertificates();
const BIG = Buffer.alloc(3_000_000, "0123456789abcdef");

const conf = `
http {
  client_header_timeout 2s;
  keepalive_timeout 5s;
  ssl_certificate ${certificates.server.certificate};
  ssl_certificate_key ${certificates.server.key};
  ssl_certificate ${certificates.serverEcdsa.certificate};
  ssl_certificate_key ${certificates.serverEcdsa.key};
  server {
    listen 127.0.0.1:%%PORT%% ssl;
    server_name example.com;
    root %%DIR%%/www;
    error_page 418 =200 /tea;
    location /facts { return 200 "$scheme $https $ssl_server_name $ssl_protocol $server_port"; }
    location /dir { return 301 /elsewhere; }
    location /body { client_max_body_size 4m; proxy_pass http://127.0.0.1:%%PORT_PLAIN%%; }
  }
  server { listen 127.0.0.1:%%PORT_PLAIN%%; location / { client_max_body_size 4m; return 200 "plain $https $content_length"; } }
  server {
    listen 127.0.0.1:%%PORT%% ssl;
    server_name other.test *.wild.test ~^re\\d+\\.test$;
    ssl_certificate ${certificates.otherName.certificate};
    ssl_certificate_key ${certificates.otherName.key};
    ssl_protocols TLSv1.2;
    error_page 497 =302 https://$host/moved;
    location / { return 200 "other"; }
  }
  server { listen 127.0.0.1:%%PORT%% ssl; server_name no.test; ssl_reject_handshake on; }
  server {
    listen 127.0.0.1:%%PORT_TWO%% ssl http2;
    server_name two.test;
    ssl_certificate $ssl_server_name.pem;
    ssl_certificate_key $ssl_server_name.key;
    return 200 "two";
  }
}`;

let server: RunningServer;
let port: number;

beforeAll(async () => {
  const files = {
    "www/index.html": "index\n",
    "www/big.bin": BIG,
    "other.test.pem": readFileSync(certificates.otherName.certificate),
    "other.test.key": readFileSync(certificates.otherName.key),
  };
  server = await startForegate({ conf, files });
  port = server.port();
});

const ask = (servername: string, options: Partial<Parameters<typeof askTls>[0]> = {}): Promise<TlsAnswer> =>
  askTls({ port, servername, ...options });

describe("a TLS listener", () => {
  test.each(["TLSv1.2", "TLSv1.3"] as const)("serves %s", async (version) => {
    const { answer, protocol } = await ask("example.com", {
      minVersion: version,
      maxVersion: version,
      request: getText("example.com", "/facts"),
    });
    expect([protocol, answer?.status, answer?.body]).toEqual([version, 200, `https on example.com ${version} ${port}`]);
  });

  test.each(["TLSv1", "TLSv1.1"] as const)("refuses %s unless it is asked for", async (version) => {
    const { answer } = await ask("example.com", { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" });
    expect(answer).toBeUndefined();
  });

  test("has a certificate of each kind for clients that take but one", async () => {
    const rsa = await ask("example.com", { ciphers: "ECDHE-RSA-AES128-GCM-SHA256", maxVersion: "TLSv1.2" });
    const ecdsa = await ask("example.com", { ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256", maxVersion: "TLSv1.2" });
    expect([rsa.certificate, ecdsa.certificate]).toEqual(["CN=example.com rsa", "CN=example.com ec"]);
  });

  test.each([
    ["other.test", "CN=other.test"],
    ["OTHER.test", "CN=other.test"],
    ["a.wild.test", "CN=other.test"],
    ["re7.test", "CN=other.test"],
    ["unknown.test", "CN=example.com"],
  ])("chooses the server for %s by its name", async (servername, subject) => {
    const { certificate, answer } = await ask(servername);
    expect([certificate.startsWith(subject), answer?.status]).toEqual([true, 200]);
  });

  test("keeps to the protocols of the server that the name chose", async () => {
    expect((await ask("other.test")).protocol).toBe("TLSv1.2");
    expect((await ask("other.test", { minVersion: "TLSv1.3" })).error).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
  });

  test("serves a Host of another server than the one negotiated where nobody verifies clients", async () => {
    expect((await ask("example.com", { request: getText("other.test") })).answer?.body).toBe("other");
  });

  test("rejects the handshake where the configuration says so", async () => {
    expect((await ask("no.test")).error).toBe("ERR_SSL_TLSV1_UNRECOGNIZED_NAME");
  });

  test("agrees on http/1.1, and refuses a client that speaks none of ours", async () => {
    expect((await ask("example.com", { ALPNProtocols: ["h2", "http/1.1"] })).alpn).toBe("http/1.1");
    expect((await ask("example.com", { ALPNProtocols: ["smtp"] })).error).toBe("ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL");
  });

  test("redirects to https and names its port", async () => {
    const { answer } = await ask("example.com", { request: getText("example.com", "/dir") });
    expect(answer?.fields).toContainEqual(["Location", `https://example.com:${port}/elsewhere`]);
  });

  test("sends a large file whole", async () => {
    const { answer } = await ask("example.com", { request: getText("example.com", "/big.bin") });
    expect(answer?.body.length).toBe(BIG.length);
    expect(answer?.body).toBe(BIG.toString("latin1"));
  });

  test("takes a large body", async () => {
    const body = "b".repeat(2_000_000);
    const request = `POST /body HTTP/1.1\r\nHost: example.com\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
    expect((await ask("example.com", { request })).answer?.body).toBe("plain  2000000");
  });

  test("serves several requests on a connection, pipelined ones too", async () => {
    const first = getText("example.com", "/facts").replace("Connection: close\r\n", "");
    const socket = connect({ port, host: "127.0.0.1", servername: "example.com", rejectUnauthorized: false });
    socket.write(first + first + getText("example.com", "/facts"));
    let text = "";
    for await (const chunk of socket) text += chunk;
    expect(text.match(/200 OK/g)?.length).toBe(3);
  });

  test("takes a hello byte by byte, and in records of one byte", async () => {
    const hello = await recordHello({ servername: "other.test", maxVersion: "TLSv1.2" });
    for (const bytes of [hello, splitRecords(hello, 1)]) {
      const client = await openClient(port);
      for (let at = 0; at < bytes.length; at += 20) client.socket.write(bytes.subarray(at, at + 20));
      // A ServerHello with the certificate of the server that was named.
      await client.arrival(/^\x16\x03\x03[\s\S]*other\.test/);
      client.socket.destroy();
    }
  });
});

describe("certificates that variables name", () => {
  test("are read when a client asks", async () => {
    const { certificate } = await askTls({ port: server.port("TWO"), servername: "other.test" });
    expect(certificate).toBe("CN=other.test ec");
  });

  test("that are not there end the handshake, and the log says why", async () => {
    const { error } = await askTls({ port: server.port("TWO"), servername: "missing.test" });
    expect(error).toBe("ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR");
    await inErrorLog(
      server,
      /\[error\].*cannot load certificate "[^"]*missing\.test\.pem": BIO_new_file\(\) failed.*while SSL handshaking/,
    );
  });
});

describe("plain HTTP on a TLS port", () => {
  test("is answered 400 with nginx's page", async () => {
    const { answers } = await server.exchange("GET / HTTP/1.1\r\nHost: example.com\r\n\r\n");
    expect([answers[0]?.status, answers[0]?.body.includes("The plain HTTP request was sent to HTTPS port")]).toEqual([400, true]);
  });

  test("goes where error_page 497 leads", async () => {
    const { answers } = await server.exchange("GET / HTTP/1.1\r\nHost: other.test\r\n\r\n");
    expect(answers[0]?.fields).toContainEqual(["Location", "https://other.test/moved"]);
  });

  test("is not served, whatever it asks for", async () => {
    const { answers } = await server.exchange("GET /facts HTTP/1.1\r\nHost: example.com\r\n\r\n");
    expect(answers[0]?.status).toBe(400);
  });
});

describe("a client that breaks the handshake", () => {
  test("by silence is cut after client_header_timeout", async () => {
    const client = await openClient(port);
    await client.closed;
    await inErrorLog(
      server,
      /\[info\].*client timed out \(110: Connection timed out\) while SSL handshaking, client: 127\.0\.0\.1, server: /,
    );
  });

  test("by silence after its hello is cut as well", async () => {
    const client = await openClient(port);
    client.socket.write(await recordHello({ servername: "example.com" }));
    await client.closed;
  });

  test("by junk gets an alert and a line in the log", async () => {
    const client = await openClient(port, "\x16\x03\x01\x00\x05hello");
    await client.closed;
    expect(client.received.charCodeAt(0)).toBe(21);
    await inErrorLog(server, /\[info\].*SSL_do_handshake\(\) failed \(SSL: error:0A\w+:SSL routines::[^)]+\) while SSL handshaking/);
  });

  test("by leaving in the middle is noticed", async () => {
    const client = await openClient(port);
    client.socket.write((await recordHello({ servername: "example.com" })).subarray(0, 50));
    client.socket.resetAndDestroy();
    await inErrorLog(server, /\[info\].*client closed connection while SSL handshaking/);
  });

  test("by broken records behind it is cut, and the others are served", async () => {
    const tcp = connectTcp({ port, host: "127.0.0.1" });
    const secure = connect({ socket: tcp, servername: "example.com", rejectUnauthorized: false });
    secure.on("error", () => undefined);
    secure.write("GET /facts HTTP/1.1\r\nHost: example.com\r\n\r\n");
    await new Promise((resolve) => secure.once("data", resolve));
    tcp.write("\x17\x03\x03\x00\x20aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    await new Promise((resolve) => tcp.once("close", resolve));
    await inErrorLog(server, /\[info\].*SSL_read\(\) failed \(SSL: error:/);
    expect((await ask("example.com")).answer?.status).toBe(200);
  });
});
