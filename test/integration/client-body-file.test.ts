/** client_body_in_file_only: the file is there while the request lasts, for whoever $request_body_file tells of it, and afterwards as it was asked. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { request, withContent } from "../differential/requests.ts";
import { startFakeUwsgi } from "../harness/fake-uwsgi.ts";
import { askHttp2 } from "../harness/http2-client.ts";
import { startOrigin } from "../harness/origin.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { varOf } from "../harness/uwsgi-packet.ts";
import { waitUntil } from "../harness/wait-until.ts";

const OWN_HEAD = 'proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_set_header X-File $request_body_file;';

const conf = `http {
  client_body_temp_path bodies 1 2;
  server {
    listen 127.0.0.1:%%PORT%% http2;
    location /clean { client_body_in_file_only clean; ${OWN_HEAD} proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /kept { client_body_in_file_only on; ${OWN_HEAD} proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /moved { client_body_in_file_only clean; proxy_intercept_errors on; error_page 404 = /clean; ${OWN_HEAD} proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /uwsgi { client_body_in_file_only clean; uwsgi_param BODY $request_body_file; uwsgi_pass_request_body off; uwsgi_pass 127.0.0.1:%%UWSGI%%; }
    location /dav { client_body_in_file_only on; dav_methods PUT; root %%DIR%%; }
  }
}`;

function answer(text: string, status = "200 OK"): string {
  return `HTTP/1.1 ${status}\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
}

/** Answers with what is in the file that it is told of. */
const startReader = () =>
  startOrigin(({ target, fields, body }) => {
    const path = fields.find(([name]) => name === "X-File")?.[1] ?? "";
    const seen = `${path} ${body.length} ${existsSync(path) ? readFileSync(path, "latin1") : "nothing"}`;
    return target.startsWith("/moved") ? answer(seen, "404 Not Found") : answer(seen);
  });

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

test("an upstream reads the body where it is told to, and clean leaves no file behind", async () => {
  await using origin = await startReader();
  await using server = await startForegate({ conf, values: { ORIGIN: origin.port, UWSGI: origin.port } });
  const bodies = join(server.dir, "bodies");
  const { answers } = await server.exchange(withContent("POST", "/clean", "the body"));
  expect(answers[0]?.body).toMatch(/\/bodies\/\d\/\d\d\/\d{10} 0 the body$/);
  const chunked = `${request("POST", "/moved", "Transfer-Encoding: chunked")}4\r\nmore\r\n0\r\n\r\n`;
  expect((await server.exchange(chunked)).answers[0]).toMatchObject({ status: 200, body: expect.stringMatching(/ 0 more$/) });
  const over2 = await askHttp2(server.port(), { path: "/clean", method: "POST", content: ["by HTTP/2"] });
  expect(over2.body).toMatch(/ 0 by HTTP\/2$/);
  await waitUntil("the end of all files", () => (filesBelow(bodies).length === 0 ? true : undefined));
});

test("on keeps them", async () => {
  await using origin = await startReader();
  await using server = await startForegate({ conf, values: { ORIGIN: origin.port, UWSGI: origin.port } });
  for (const text of ["one", "two", ""]) await server.exchange(withContent("POST", "/kept", text));
  await server.exchange(withContent("PUT", "/dav", "elsewhere"));
  const kept = filesBelow(join(server.dir, "bodies")).map((path) => readFileSync(path, "latin1"));
  expect(kept.sort()).toEqual(["", "one", "two"]);
  expect(readFileSync(join(server.dir, "dav"), "latin1")).toBe("elsewhere");
});

test("a uwsgi application is told of it as well", async () => {
  const seen: string[] = [];
  await using application = await startFakeUwsgi((packet) => {
    const path = varOf(packet, "BODY") ?? "";
    seen.push(existsSync(path) ? readFileSync(path, "latin1") : "nothing");
    return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  });
  await using server = await startForegate({ conf, values: { ORIGIN: application.port, UWSGI: application.port } });
  expect((await server.exchange(withContent("POST", "/uwsgi", "for an application"))).answers[0]?.status).toBe(200);
  expect(seen).toEqual(["for an application"]);
});
