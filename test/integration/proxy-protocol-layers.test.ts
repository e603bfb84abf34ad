/** A PROXY protocol header before TLS and before HTTP/2. */

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { createCertificates } from "../harness/certificates.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";

const VERSION_1 = "PROXY TCP4 1.2.3.4 5.6.7.8 1234 80\r\n";
const VERSION_2 = "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\x01\x02\x03\x04\x05\x06\x07\x08\x04\xd2\x00\x50";
const SEEN = "[1.2.3.4:1234] [127.0.0.1]";

let folder: string;
let server: RunningServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "proxied-tls-"));
  const { certificate, key } = createCertificates(folder).server;
  const conf = `
http {
  ssl_certificate ${certificate};
  ssl_certificate_key ${key};
  set_real_ip_from 127.0.0.1;
  real_ip_header proxy_protocol;
  server { listen 127.0.0.1:%%PORT_TLS%% ssl proxy_protocol; return 200 "[$remote_addr:$remote_port] [$realip_remote_addr] $scheme"; }
  server { listen 127.0.0.1:%%PORT_H2%% ssl http2 proxy_protocol; return 200 "[$remote_addr:$remote_port] [$realip_remote_addr] $server_protocol"; }
  server { listen 127.0.0.1:%%PORT_H2C%% http2 proxy_protocol; return 200 "[$remote_addr:$remote_port] [$realip_remote_addr] $server_protocol"; }
}`;
  server = await startForegate({ conf });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** A connection through a balancer that sends `header` first, in a packet of its own or in one with the client's first bytes. */
async function open(portName: string, header: string, isWhole: boolean): Promise<Socket> {
  const balancer = createServer((client) => {
    balancer.close();
    const onward = connect({ host: "127.0.0.1", port: server.port(portName), noDelay: true });
    if (!isWhole) onward.write(header, "latin1");
    client.once("data", (first) => {
      onward.write(isWhole ? Buffer.concat([Buffer.from(header, "latin1"), first]) : first);
      client.pipe(onward);
    });
    onward.pipe(client);
    for (const socket of [client, onward]) socket.on("error", () => [client, onward].forEach((each) => void each.destroy()));
  });
  balancer.listen(0, "127.0.0.1");
  await once(balancer, "listening");
  const socket = connect({ host: "127.0.0.1", port: (balancer.address() as AddressInfo).port });
  await once(socket, "connect");
  return socket;
}

function secure(socket: Socket, protocol: string): TLSSocket {
  return connectTls({ socket, rejectUnauthorized: false, servername: "example.com", ALPNProtocols: [protocol] });
}

async function readAll(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += (chunk as Buffer).toString("latin1");
  return text;
}

async function askOverHttp2(socket: Socket): Promise<string> {
  const session = connectHttp2("http://localhost", { createConnection: () => socket });
  try {
    const stream = session.request({ ":path": "/" });
    const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
    return `${headers[":status"]} ${await readAll(stream as unknown as Socket)}`; // both are streams of buffers
  } finally {
    session.destroy();
  }
}

describe.each([
  ["version 1, by itself", VERSION_1, false],
  ["version 2, by itself", VERSION_2, false],
  ["version 1, with what follows", VERSION_1, true],
  ["version 2, with what follows", VERSION_2, true],
])("a header of %s", (_name, header, isWhole) => {
  test("before TLS", async () => {
    const secured = secure(await open("TLS", header, isWhole), "http/1.1");
    secured.write(get("/", "Connection: close"));
    expect(await readAll(secured)).toContain(`${SEEN} https`);
  });

  test("before HTTP/2 over TLS", async () => {
    const secured = secure(await open("H2", header, isWhole), "h2");
    expect(await askOverHttp2(secured)).toBe(`200 ${SEEN} HTTP/2.0`);
  });

  test("before HTTP/1.1 where HTTP/2 is spoken too", async () => {
    const secured = secure(await open("H2", header, isWhole), "http/1.1");
    secured.write(get("/", "Connection: close"));
    expect(await readAll(secured)).toContain(`${SEEN} HTTP/1.1`);
  });

  test("before HTTP/2 in the clear", async () => {
    expect(await askOverHttp2(await open("H2C", header, isWhole))).toBe(`200 ${SEEN} HTTP/2.0`);
  });

  test("before a plain request where TLS is spoken", async () => {
    const socket = await open("TLS", header, isWhole);
    socket.write(get("/"));
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

test("TLS without a header before it is refused", async () => {
  const secured = secure(connect({ host: "127.0.0.1", port: server.port("TLS") }), "http/1.1");
  await expect(once(secured, "secureConnect")).rejects.toThrow();
  expect(server.errorLog()).toMatch(/broken header: "\\x16\\x03.*while reading PROXY protocol/);
});
