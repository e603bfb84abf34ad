/** `stub_status`: nginx's page and its numbers, the same for the same clients. */

import { expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { openClient } from "../integration/open-client.ts";
import { get, request, withContent } from "./requests.ts";
import { compareRows } from "./run-rows.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    location /status { stub_status; }
    location /old { stub_status on; }
    location /types { default_type text/html; stub_status; add_header X-Uri $uri; }
    location /if { stub_status; if ($arg_x) { add_header X-If 1; } }
    location /around { stub_status; location /around/inner { } }
    location /variables { add_header X-Numbers "$connections_active $connections_reading $connections_writing $connections_waiting"; try_files /f =404; }
    location /held { proxy_pass http://127.0.0.1:1; }
  }
}`;
const files = { "www/f": "content", "www/around/inner": "file" };

const FIELDS = { compare: { fields: ["Content-Type", "X-Uri", "X-If", "Allow"], body: false } } as const;

compareRows({
  name: "stub_status",
  conf,
  files,
  rows: [
    { name: "GET", request: get("/status"), ...FIELDS },
    { name: "HEAD", request: request("HEAD", "/status"), ...FIELDS },
    { name: "POST", request: withContent("POST", "/status", "body"), ...FIELDS },
    { name: "with an argument", request: get("/old"), ...FIELDS },
    { name: "in a location of another type", request: get("/types"), ...FIELDS },
    { name: "with an if", request: get("/if?x=1"), ...FIELDS },
    { name: "in an inner location", request: get("/around/inner"), ...FIELDS },
    { name: "GET with content", request: withContent("GET", "/status", "body"), ...FIELDS },
  ],
});

const page = async (server: RunningServer, target = "/status"): Promise<string> =>
  (await server.exchange(get(target, "Connection: close"))).answers[0]?.body ?? "";

/** Numbers that count from the start, as they are above `before`. */
function difference(before: string, after: string): readonly number[] {
  const numbers = (text: string): readonly number[] => (text.match(/\d+/g) ?? []).map(Number);
  const [, ...start] = numbers(before);
  const [active = 0, accepted = 0, handled = 0, requests = 0, ...states] = numbers(after);
  return [active, accepted - (start[0] ?? 0), handled - (start[1] ?? 0), requests - (start[2] ?? 0), ...states];
}

/** Some clients in every state. */
async function story(server: RunningServer): Promise<readonly unknown[]> {
  const quiet = async (active: number): Promise<string> =>
    await waitUntil(`${active} connections`, async () => {
      const text = await page(server);
      return text.startsWith(`Active connections: ${active} `) ? text : undefined;
    });
  const before = await quiet(1);
  const [idle, reading, writing, fresh] = [server, server, server, server].map((each) => openClient(each.port()));
  idle?.send(get("/f").repeat(3));
  await idle?.receive(/(HTTP.*){3}/s);
  reading?.send("GET / HTTP/1.1\r\nHo");
  writing?.send(request("POST", "/held", "Content-Length: 4", "Expect: 100-continue"));
  await writing?.receive(/100 Continue/);
  await waitUntil("the head's beginning to be read", async () => (await page(server)).includes("Reading: 1") || undefined);
  const base = await page(server);
  const during = await page(server);
  const variables = (await server.exchange(get("/variables"))).answers[0]?.fields.find(([name]) => name === "X-Numbers")?.[1];
  for (const client of [idle, reading, writing, fresh]) client?.close();
  const after = await quiet(1);
  return [difference(base, during), variables, difference(before, after)[0], during.replace(/\d+/g, "n")];
}

requireOracle("nginx")("stub_status's numbers", () => {
  test("are nginx's for idle, reading and writing clients", async () => {
    await using nginx = await startNginx({ conf, files });
    await using foregate = await startForegate({ conf, files });
    const theirs = await story(nginx);
    expect(await story(foregate)).toEqual(theirs);
    expect(theirs[0]).toEqual([5, 1, 1, 1, 1, 2, 2]);
  });
});
