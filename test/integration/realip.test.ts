/** The client's real address: who sees it, on whom it depends, and that it ends with its request. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { get } from "../differential/requests.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { inAccessLog, inErrorLog } from "./await-log.ts";

const conf = `
http {
  log_format who '$remote_addr|$remote_port|$realip_remote_addr|$uri';
  access_log %%DIR%%/logs/access.log who;
  server {
    listen 127.0.0.1:%%PORT%%;
    listen unix:%%DIR%%/client.sock;
    server_name first;
    set_real_ip_from 127.0.0.1;
    root %%DIR%%;
    location / { return 200 "[$remote_addr]"; }
    location /guarded { allow 203.0.113.0/24; deny all; try_files /none /seen; }
    location /seen { return 200 "[$remote_addr]"; }
    location /passed { proxy_pass http://127.0.0.1:%%PORT%%/echo; proxy_set_header X-Seen $proxy_add_x_forwarded_for; }
    location /echo { return 200 "[$http_x_seen]"; }
    location /missing { }
    location /late { set_real_ip_from unix:; real_ip_header X-Late; try_files /none /seen; }
  }
  server { listen 127.0.0.1:%%PORT%%; server_name unknown; set_real_ip_from no-such-host.invalid; return 200 "[$remote_addr]"; }
  server { listen 127.0.0.1:%%PORT%%; server_name by-name; set_real_ip_from localhost; return 200 "[$remote_addr]"; }
  server { listen unix:%%DIR%%/trusted.sock; set_real_ip_from unix:; return 200 "[$remote_addr] [$realip_remote_addr]"; }
}`;

const SAYS = "X-Real-IP: 203.0.113.7:4567";

let server: RunningServer;

beforeAll(async () => {
  server = await startForegate({ conf });
});
afterAll(() => server.stop());

async function bodies(requests: string, answers: number, path?: string): Promise<readonly string[]> {
  const outcome = await server.exchange(requests, { answers, ...(path === undefined ? {} : { path: `${server.dir}/${path}` }) });
  return outcome.answers.map(({ status, body }) => (status === 200 ? body : String(status)));
}

test("holds for one request and not for the next on the same connection", async () => {
  expect(await bodies(get("/", SAYS) + get("/") + get("/", "X-Real-IP: 203.0.113.8") + get("/"), 4)).toEqual([
    "[203.0.113.7]",
    "[127.0.0.1]",
    "[203.0.113.8]",
    "[127.0.0.1]",
  ]);
});

test("is what access rules judge", async () => {
  expect(await bodies(get("/guarded", SAYS) + get("/guarded") + get("/guarded", "X-Real-IP: 203.0.114.1"), 3)).toEqual([
    "[203.0.113.7]",
    "403",
    "403",
  ]);
  await inErrorLog(server, /access forbidden by rule, client: 203\.0\.114\.1, server: first/);
});

test("is what upstreams are told", async () => {
  expect(await bodies(get("/passed", SAYS, "X-Forwarded-For: 198.51.100.1"), 1)).toEqual(["[198.51.100.1, 203.0.113.7]"]);
});

test("stands in both logs", async () => {
  await bodies(get("/missing/file", SAYS), 1);
  await inErrorLog(server, /missing\/file" failed \(2: No such file or directory\), client: 203\.0\.113\.7, server: first/);
  await inAccessLog(server, "203.0.113.7|4567|127.0.0.1|/missing/file");
});

test("is not taken from a client of a unix socket that is not trusted", async () => {
  expect(await bodies(get("/", SAYS), 1, "client.sock")).toEqual(["[unix:]"]);
});

test("is taken from one that is", async () => {
  expect(await bodies(get("/", SAYS), 1, "trusted.sock")).toEqual(["[203.0.113.7] [unix:]"]);
  expect(await bodies(get("/late", "X-Late: 203.0.113.9"), 1, "client.sock")).toEqual(["[203.0.113.9]"]);
});

test("is taken from a host that resolves, and from nobody by a name that does not", async () => {
  const to = (host: string): string => `GET / HTTP/1.1\r\nHost: ${host}\r\n${SAYS}\r\n\r\n`;
  expect(await bodies(to("by-name"), 1)).toEqual(["[203.0.113.7]"]);
  expect(await bodies(to("unknown"), 1)).toEqual(["[127.0.0.1]"]);
  await inErrorLog(server, /\[error\].*host not found in set_real_ip_from "no-such-host\.invalid"/);
});
