/** proxy_bind and uwsgi_bind: where connections to upstreams come from. */

import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { inErrorLog } from "./await-log.ts";

/** Answers with the address that it was reached from. */
let origin: Server;
let port = 0;
beforeAll(async () => {
  origin = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("data", () => {
      const body = `${socket.remoteAddress}`;
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
  });
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  port = (origin.address() as { port: number }).port;
});
afterAll(() => void origin.close());

const conf = `http { upstream app { server 127.0.0.1:%%ORIGIN%%; keepalive 8; } server { listen 127.0.0.1:%%PORT%%;
  proxy_bind 127.0.0.7; proxy_http_version 1.1; proxy_set_header Connection "";
  location / { proxy_pass http://app; }
  location /own { proxy_bind 127.0.0.8; proxy_pass http://app; }
  location /off { proxy_bind off; proxy_pass http://app; }
  location /variable { proxy_bind $arg_from; proxy_pass http://app; } } }`;

async function from(server: RunningServer, path: string): Promise<string> {
  return (await server.exchange(get(path))).answers[0]?.body ?? "";
}

requireOracle("nginx")("proxy_bind", () => {
  let servers: readonly RunningServer[] = [];
  beforeAll(async () => {
    const values = { ORIGIN: port };
    servers = [await startNginx({ conf: conf.replace("keepalive 8;", ""), values }), await startForegate({ conf, values })];
  });

  test.each(["/", "/own", "/off", "/variable?from=127.0.0.9", "/variable", "/variable?from=nowhere"])("%s as nginx", async (path) => {
    const [nginx, foregate] = servers;
    if (nginx === undefined || foregate === undefined) throw new Error("No servers");
    const theirs = await from(nginx, path);
    expect(theirs).toMatch(/^127\.0\.0\.\d$/);
    expect(await from(foregate, path)).toBe(theirs);
    // A kept connection comes from where it was opened.
    expect(await from(foregate, path)).toBe(theirs);
  });
});

test("an address that this machine has not is a 502, and logged with what to do", async () => {
  const server = await startForegate({
    conf: "http { server { listen 127.0.0.1:%%PORT%%; location / { proxy_bind 192.0.2.1; proxy_pass http://127.0.0.1:%%ORIGIN%%; } } }",
    values: { ORIGIN: port },
  });
  server.claim(/bind\(\) failed/);
  expect((await server.exchange(get("/"))).answers[0]?.status).toBe(502);
  await inErrorLog(server, /\[crit\] .*bind\(\) failed \(99: Cannot assign requested address\) while connecting to upstream/);
});
