/** proxy_protocol: the header that tells an upstream whose request it is, first on every connection, in front of TLS too. */

import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { createCertificates } from "../harness/certificates.ts";
import { requireOracle } from "../harness/oracle.ts";
import { exchange } from "../harness/raw-client.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { startEagerServer, startTlsOrigin } from "../harness/tls-origin.ts";
import { startScriptedServer } from "./scripted-server.ts";

const dir = mkdtempSync(join(tmpdir(), "foregate-proxy-protocol-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

const site = (directives: string, port: number) => ({
  conf: `http { server { listen 127.0.0.1:%%PORT%%; location / { ${directives} } } }`,
  values: { ORIGIN: port },
});

/** Asks from a port that is known. */
async function ask(server: RunningServer): Promise<{ status: string; port: number }> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port(), "127.0.0.1", () => socket.write(get("/")));
    const port = (): number => socket.localPort ?? 0;
    socket.once("data", (chunk: Buffer) => {
      resolve({ status: chunk.toString("latin1", 9, 12), port: port() });
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

describe("proxy_protocol", () => {
  test("on: version 1 with the client's address and ours", async () => {
    await using origin = await startScriptedServer((socket) => void socket.write(ANSWER));
    const server = await startForegate(site("proxy_protocol on; proxy_pass http://127.0.0.1:%%ORIGIN%%;", origin.port));
    const { status, port } = await ask(server);
    expect(status).toBe("200");
    expect(origin.received[0]).toMatch(
      new RegExp(`^PROXY TCP4 127\\.0\\.0\\.1 127\\.0\\.0\\.1 ${port} ${server.port()}\r\nGET / HTTP/1\\.1\r\n`),
    );
  });

  test("proxy_protocol_version 2: the binary form", async () => {
    await using origin = await startScriptedServer((socket) => void socket.write(ANSWER));
    const server = await startForegate(
      site("proxy_protocol on; proxy_protocol_version 2; proxy_pass http://127.0.0.1:%%ORIGIN%%;", origin.port),
    );
    const { port } = await ask(server);
    const bytes = Buffer.from(origin.received[0] ?? "", "latin1");
    expect(bytes.toString("latin1", 0, 16)).toBe("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c");
    expect(bytes.subarray(16, 24)).toEqual(Buffer.from([127, 0, 0, 1, 127, 0, 0, 1]));
    expect([bytes.readUInt16BE(24), bytes.readUInt16BE(26)]).toEqual([port, server.port()]);
    expect(bytes.toString("latin1", 28, 31)).toBe("GET");
  });

  test("off by default, and off where a location says so", async () => {
    await using origin = await startScriptedServer((socket) => void socket.write(ANSWER));
    const server = await startForegate({
      conf: "http { proxy_protocol on; server { listen 127.0.0.1:%%PORT%%; location / { proxy_protocol off; proxy_pass http://127.0.0.1:%%ORIGIN%%; } } }",
      values: { ORIGIN: origin.port },
    });
    await ask(server);
    expect(origin.received[0]?.startsWith("GET / ")).toBe(true);
  });

  test("a connection that spoke for one client never serves another, nor a location without the header", async () => {
    await using origin = await startScriptedServer((socket) => void socket.write(ANSWER));
    const server = await startForegate({
      conf: `http { upstream app { server 127.0.0.1:%%ORIGIN%%; keepalive 8; } server { listen 127.0.0.1:%%PORT%%;
        location / { proxy_protocol on; proxy_pass http://app; } location /plain { proxy_pass http://app; } } }`,
      values: { ORIGIN: origin.port },
    });
    for (const path of ["/", "/plain", "/", "/plain", "/"]) await server.exchange(get(path));
    expect(origin.received.map((text) => text.startsWith("PROXY "))).toEqual([true, false, true, true]);
    expect(origin.received[1]?.match(/GET \/plain/g)?.length).toBe(2);
  });

  test("in front of TLS, in the clear", async () => {
    const certificates = createCertificates(dir);
    await using origin = await startTlsOrigin(certificates.server, { hasPreface: true });
    const verify = `proxy_ssl_verify on; proxy_ssl_trusted_certificate ${certificates.ca.certificate}; proxy_ssl_name example.com; proxy_ssl_server_name on;`;
    const server = await startForegate(site(`proxy_protocol on; ${verify} proxy_pass https://127.0.0.1:%%ORIGIN%%;`, origin.port));
    const ports: number[] = [];
    for (let round = 0; round < 2; round++) {
      const { status, port } = await ask(server);
      expect(status).toBe("200");
      ports.push(port);
    }
    expect(origin.prefaces).toEqual(ports.map((port) => `PROXY TCP4 127.0.0.1 127.0.0.1 ${port} ${server.port()}\r\n`));
    expect(origin.handshakes.map(({ serverName, reused }) => [serverName, reused])).toEqual([
      ["example.com", false],
      ["example.com", true],
    ]);
  });

  test("what an upstream says in the clear behind the header is never an answer where TLS is asked for", async () => {
    const eager = await startEagerServer("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake");
    try {
      const server = await startForegate(site("proxy_protocol on; proxy_pass https://127.0.0.1:%%ORIGIN%%;", eager.port));
      const { answers } = await server.exchange(get("/"));
      expect(answers[0]?.status).toBe(502);
      expect(answers[0]?.body).not.toContain("fake");
    } finally {
      await eager.stop();
    }
  });

  test("a client on a unix socket is nobody that the header can name", async () => {
    await using origin = await startScriptedServer((socket) => void socket.write(ANSWER));
    const path = join(dir, "listen.sock");
    await startForegate({
      conf: `http { server { listen unix:${path}; listen 127.0.0.1:%%PORT%%; location / { proxy_protocol on; proxy_pass http://127.0.0.1:%%ORIGIN%%; } } }`,
      values: { ORIGIN: origin.port },
    });
    await exchange({ path }, get("/"));
    expect(origin.received[0]?.startsWith("PROXY UNKNOWN\r\nGET / ")).toBe(true);
  });
});

requireOracle("nginx")("nginx as the upstream", () => {
  test.each([1, 2])("understands version %i", async (version) => {
    const origin = await startNginx({
      conf: 'http { server { listen 127.0.0.1:%%PORT%% proxy_protocol; location / { return 200 "$proxy_protocol_addr $proxy_protocol_port"; } } }',
    });
    const server = await startForegate(
      site(`proxy_protocol on; proxy_protocol_version ${version}; proxy_pass http://127.0.0.1:%%ORIGIN%%;`, origin.port()),
    );
    const { answers } = await server.exchange(get("/"));
    expect(answers[0]?.body).toMatch(/^127\.0\.0\.1 \d+$/);
  });
});
