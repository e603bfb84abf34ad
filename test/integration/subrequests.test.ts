/** Requests that requests make: `auth_request`, `mirror`, `post_action`, `log_subrequest`. */

import { expect, test } from "vitest";
import { get, request, withContent } from "../differential/requests.ts";
import { startFakeUwsgi } from "../harness/fake-uwsgi.ts";
import { echoRequest, startOrigin } from "../harness/origin.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { varOf } from "../harness/uwsgi-packet.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { inAccessLog, inErrorLog } from "./await-log.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const LARGE = "0123456789abcdef".repeat(8192);

test("mirror repeats the request with its method, arguments and content, and the answer is the main one", async () => {
  await using origin = await startOrigin((r) => (r.target.startsWith("/copy") ? "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno" : OK));
  const conf = `http { server { listen 127.0.0.1:%%PORT%%;
    location / { mirror /copy; mirror /copy-too; proxy_pass http://127.0.0.1:${origin.port}; }
    location = /copy { internal; proxy_pass http://127.0.0.1:${origin.port}/copy$request_uri; }
    location = /copy-too { internal; proxy_pass http://127.0.0.1:${origin.port}; }
  } }`;
  await using server = await startForegate({ conf });
  for (const content of ["small", LARGE]) {
    const before = origin.requests.length;
    const { answers } = await server.exchange(withContent("PUT", "/a?b=c", content));
    expect(answers.map(({ status, body }) => [status, body])).toEqual([[200, "ok"]]);
    await origin.request(before + 3);
    const seen = origin.requests.slice(before).map((r) => [r.method, r.target, r.body === content]);
    expect(seen.sort()).toEqual([
      ["PUT", "/a?b=c", true],
      ["PUT", "/copy-too?b=c", true],
      ["PUT", "/copy/a?b=c", true],
    ]);
  }
});

test("mirror_request_body off repeats the request without its content, and leaves the content unbuffered", async () => {
  await using origin = await startOrigin(echoRequest);
  const conf = `http { server { listen 127.0.0.1:%%PORT%%;
    location / { mirror /copy; mirror_request_body off; proxy_request_buffering off; proxy_pass http://127.0.0.1:${origin.port}; }
    location = /copy { internal; proxy_pass http://127.0.0.1:${origin.port}/copy; }
  } }`;
  await using server = await startForegate({ conf });
  const { answers } = await server.exchange(withContent("POST", "/a", "content"));
  expect(JSON.parse(answers[0]?.body ?? "")).toMatchObject({ body: "content" });
  await origin.request(2);
  const copy = origin.requests.find((r) => r.target === "/copy");
  expect([copy?.method, copy?.body]).toEqual(["POST", ""]);
});

test("a body that mirror has read goes to an unbuffered upstream, too", async () => {
  await using origin = await startOrigin(echoRequest);
  const conf = `http { server { listen 127.0.0.1:%%PORT%%;
    location / { mirror /copy; proxy_request_buffering off; proxy_pass http://127.0.0.1:${origin.port}; }
    location = /copy { internal; proxy_request_buffering off; proxy_pass http://127.0.0.1:${origin.port}/copy; }
  } }`;
  await using server = await startForegate({ conf });
  await server.exchange(`${request("POST", "/a", "Transfer-Encoding: chunked")}3\r\nabc\r\n0\r\n\r\n`);
  await origin.request(2);
  expect(origin.requests.map((r) => r.body)).toEqual(["abc", "abc"]);
});

test("a mirror that never answers, or is refused, delays nothing: not this answer and not the next on the connection", async () => {
  await using origin = await startOrigin((r) => (r.target === "/copy" ? { parts: [] } : OK));
  const conf = `http { server { listen 127.0.0.1:%%PORT%%;
    location / { mirror /copy; mirror /refused; mirror /nothing; mirror /dropped; proxy_pass http://127.0.0.1:${origin.port}; }
    location = /copy { proxy_pass http://127.0.0.1:${origin.port}/copy; }
    location = /refused { proxy_pass http://127.0.0.1:1; }
    location = /nothing { root %%DIR%%; }
    location = /dropped { return 444; }
  } }`;
  await using server = await startForegate({ conf });
  const started = performance.now();
  const { answers } = await server.exchange(get("/a", "Connection: keep-alive") + get("/b"), { answers: 2 });
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(performance.now() - started).toBeLessThan(2000);
  await inErrorLog(server, /connect\(\) failed.*request: "GET \/a HTTP\/1.1", subrequest: "\/refused"/);
});

test("auth_request asks a uwsgi application with no content, and its variables reach the main upstream", async () => {
  await using uwsgi = await startFakeUwsgi(() => "Status: 200 OK\r\nX-User: ann\r\n\r\nyes");
  await using origin = await startOrigin(echoRequest);
  const conf = `http { server { listen 127.0.0.1:%%PORT%%;
    location / { auth_request /auth; auth_request_set $user $upstream_http_x_user; proxy_set_header X-User $user; proxy_pass http://127.0.0.1:${origin.port}; }
    location = /auth { internal; uwsgi_pass 127.0.0.1:${uwsgi.port}; }
  } }`;
  await using server = await startForegate({ conf });
  const { answers } = await server.exchange(withContent("POST", "/a?b=c", "content"));
  expect(JSON.parse(answers[0]?.body ?? "")).toMatchObject({ body: "content", fields: expect.arrayContaining([["X-User", "ann"]]) });
  const [packet] = uwsgi.requests;
  if (packet === undefined) throw new Error("No packet came");
  expect(["REQUEST_METHOD", "CONTENT_LENGTH", "REQUEST_URI", "PATH_INFO"].map((name) => varOf(packet, name))).toEqual([
    "POST",
    "",
    "/a?b=c",
    "/auth",
  ]);
});

test("a client that goes away while it is judged ends the subrequest", async () => {
  await using origin = await startOrigin(() => ({ parts: [] }));
  const conf = `http { server { listen 127.0.0.1:%%PORT%%;
    location / { auth_request /auth; root %%DIR%%; }
    location = /auth { internal; proxy_pass http://127.0.0.1:${origin.port}; }
  } }`;
  await using server = await startForegate({ conf });
  const { end } = await server.exchange(get("/a"), { timeoutMs: 300 });
  expect(end).toBe("timeout");
  await inErrorLog(server, /client prematurely closed connection.*subrequest: "\/auth"/);
  await waitUntil("the end of the request", () => server.accessLog().includes(" 499 ") || undefined, 3000);
});

test("a subrequest that is dropped drops its request", async () => {
  const conf = `http { server { listen 127.0.0.1:%%PORT%%;
    location / { auth_request /auth; root %%DIR%%; }
    location = /auth { return 444; }
  } }`;
  await using server = await startForegate({ conf });
  const { answers, end } = await server.exchange(get("/a"));
  expect([answers.length, end]).toEqual([0, "closed"]);
});

test("log_subrequest writes a line for each subrequest, with its own URI and status", async () => {
  const conf = `http { log_format f '$request $uri $status'; access_log logs/access.log f;
    server { listen 127.0.0.1:%%PORT%%; log_subrequest on;
    location / { auth_request /auth; return 403; }
    location /a { auth_request /auth; mirror /copy; root %%DIR%%/www; }
    location = /auth { return 204; }
    location = /copy { return 200; }
    location /quiet { auth_request /silent; root %%DIR%%/www; }
    location = /silent { log_subrequest off; return 204; }
  } }`;
  await using server = await startForegate({ conf, files: { "www/a": "a", "www/quiet": "q" } });
  await server.exchange(get("/quiet"));
  await server.exchange(get("/a"));
  await inAccessLog(server, "GET /a HTTP/1.1 /auth 204");
  await inAccessLog(server, "GET /a HTTP/1.1 /copy 200");
  await inAccessLog(server, "GET /a HTTP/1.1 /a 200");
  expect(server.accessLog()).not.toContain("/silent");
});

test("post_action asks a location when the answer is out, and tells it how it ended", async () => {
  await using origin = await startOrigin(() => OK);
  const conf = `http { server { listen 127.0.0.1:%%PORT%%;
    location / { post_action /done; root %%DIR%%/www; }
    location /named { post_action @done; root %%DIR%%/www; }
    location = /done { internal; proxy_pass http://127.0.0.1:${origin.port}/done?status=$status&sent=$body_bytes_sent&end=$request_completion; }
    location @done { proxy_pass http://127.0.0.1:${origin.port}; }
  } }`;
  await using server = await startForegate({ conf, files: { "www/a": "12345", "www/named": "1" } });
  expect((await server.exchange(get("/a"))).answers[0]?.body).toBe("12345");
  expect((await origin.request(1)).target).toBe("/done?status=200&sent=5&end=OK");
  await server.exchange(get("/named?x=1"));
  expect((await origin.request(2)).target).toBe("/named?x=1");
});
