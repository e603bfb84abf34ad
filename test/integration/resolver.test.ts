/** `resolver`: what name servers say while foregate serves. */

import { expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import { startDnsServer } from "../harness/dns-server.ts";
import { startOrigin } from "../harness/origin.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { inErrorLog } from "./await-log.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

const conf = `
http {
  resolver 127.0.0.1:%%DNS%% ipv6=off valid=1s;
  upstream app { zone app 64k; least_conn; server app.test:%%ORIGIN%% resolve; }
  server {
    listen 127.0.0.1:%%PORT%%;
    location /variable { set $host_name app.test; proxy_pass http://$host_name:%%ORIGIN%%; }
    location / { proxy_pass http://app; }
  }
}`;

test.each(["/", "/variable"])("the address of %s follows its name", async (path) => {
  await using origin = await startOrigin(() => OK);
  await using dns = await startDnsServer();
  await using server = await startForegate({ conf, values: { DNS: dns.port, ORIGIN: origin.port } });
  const status = async () => (await server.exchange(get(path))).answers[0]?.status;
  expect(await status()).toBe(502);
  await inErrorLog(server, /app\.test could not be resolved \(3: Host not found\)/);
  dns.names.set("app.test", ["127.0.0.1"]);
  const answered = async () => (await status()) === 200 || undefined;
  await waitUntil("an answer", answered);
  // Its addresses are used on as long as the name server only fails to answer.
  dns.code = 2;
  expect(await status()).toBe(200);
  await waitUntil("a failed look-up", async () => {
    await status();
    return dns.asked.length > 3 || undefined;
  });
  expect(await status()).toBe(200);
  dns.code = 0;
  dns.names.delete("app.test");
  await waitUntil("no answer", async () => (await status()) === 502 || undefined);
});

test("a name in a variable needs a resolver", async () => {
  const plain = `http { server { listen 127.0.0.1:%%PORT%%; location / { set $name localhost; proxy_pass http://$name; } } }`;
  await using server = await startForegate({ conf: plain });
  expect((await server.exchange(get("/"))).answers[0]?.status).toBe(502);
  await inErrorLog(server, /no resolver defined to resolve localhost, client: /);
});
