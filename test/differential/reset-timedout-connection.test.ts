/** reset_timedout_connection: whether a client that was too slow, or gets no answer, sees a reset; asked of nginx and of foregate. */

import { connect } from "node:net";
import { beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import type { Step } from "../harness/raw-client.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { askTls, getText } from "../harness/tls-client.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { get, head } from "./requests.ts";

const SHORT = "client_header_timeout 150ms; client_body_timeout 150ms; send_timeout 150ms; keepalive_timeout 150ms;";
/** More than the system holds for a connection. */
const LARGE = "l".repeat(20_000_000);
const certificates = temporaryCertificates();

const conf = `
http {
  ${SHORT}
  server {
    listen 127.0.0.1:%%PORT_ON%%;
    listen 127.0.0.1:%%PORT_TLS%% ssl;
    ssl_certificate ${certificates.server.certificate};
    ssl_certificate_key ${certificates.server.key};
    reset_timedout_connection on;
    location / { return 200 "here\\n"; }
    location /none { return 444; }
    location /late { return 408; }
    location /body { proxy_pass http://127.0.0.1:%%PORT_ON%%/; }
    location /large/ { root %%DIR%%; }
    location /apart { reset_timedout_connection off; return 444; }
  }
  server {
    listen 127.0.0.1:%%PORT_OFF%%;
    location / { return 200 "here\\n"; }
    location /none { return 444; }
    location /body { proxy_pass http://127.0.0.1:%%PORT_ON%%/; }
    location /large/ { root %%DIR%%; }
    location /apart { reset_timedout_connection on; return 444; }
  }
}`;

const HALF_BODY = `${head("POST /body HTTP/1.1", "Host: localhost", "Content-Length: 10")}half`;

const rows: readonly (readonly [name: string, portName: string, request: string | readonly Step[]])[] = [
  ["a head that does not end", "ON", "GET / HTTP/1.1\r\nHost: loc"],
  ["a body that does not end", "ON", HALF_BODY],
  ["return 444", "ON", get("/none")],
  ["return 408", "ON", get("/late")],
  ["return 444 behind an answer", "ON", [get("/"), /here\n$/, get("/none")]],
  ["return 444 where it is off in the location alone", "ON", get("/apart")],
  ["a connection that asks for nothing", "ON", [""]],
  ["a kept connection that asks for nothing more", "ON", [get("/"), /here\n$/, 400]],
  ["a head that does not end, by default", "OFF", "GET / HTTP/1.1\r\nHost: loc"],
  ["a body that does not end, by default", "OFF", HALF_BODY],
  ["return 444 by default", "OFF", get("/none")],
  ["return 444 where it is on in the location alone", "OFF", get("/apart")],
];

requireOracle("nginx")("reset_timedout_connection", () => {
  let nginx: RunningServer;
  let foregate: RunningServer;
  beforeAll(async () => {
    const options = { conf, files: { "large/ON": LARGE, "large/OFF": LARGE } };
    nginx = await startNginx(options);
    foregate = await startForegate(options);
  });

  test.each(rows)("%s", async (_name, portName, request) => {
    const theirs = await nginx.exchange(request, { portName, answers: 2 });
    expect(theirs.end).not.toBe("timeout");
    const ours = await foregate.exchange(request, { portName, answers: 2 });
    expect([ours.end, ours.answers.map(({ status }) => status)]).toEqual([theirs.end, theirs.answers.map(({ status }) => status)]);
  });

  test("below TLS", async () => {
    const request = getText("localhost", "/none");
    const [theirs, ours] = await Promise.all([nginx, foregate].map((server) => askTls({ port: server.port("TLS"), request })));
    expect(ours?.error).toBe(theirs?.error);
    expect(ours?.error).toMatch(/ECONNRESET/);
  });

  /** What a client still reads of a large answer once the server has given up sending it. */
  async function readAfterTimeout(server: RunningServer, portName: string): Promise<number> {
    const target = `/large/${portName}`;
    const socket = connect(server.port(portName), "127.0.0.1", () => socket.write(get(target)));
    socket.pause();
    // A reset shows as an error or as the end, by what the system held at the moment.
    socket.on("error", () => socket.destroy());
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await waitUntil("the end of the request", () => (server.accessLog().includes(target) ? true : undefined));
    socket.resume();
    await closed;
    return socket.bytesRead;
  }

  test("what a client has not read of its answer is taken from it", async () => {
    for (const server of [nginx, foregate]) {
      expect(await readAfterTimeout(server, "ON")).toBeLessThan(await readAfterTimeout(server, "OFF"));
    }
  });
});
