/** early_hints: which clients get what an upstream sends ahead of its answer. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { get, head } from "../differential/requests.ts";
import { askHttp2, openHttp2 } from "../harness/http2-client.ts";
import { type Origin, startOrigin } from "../harness/origin.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { type Http2Origin, startHttp2Origin } from "../unit/upstream/http2/http2-origin.ts";

const HINTS = [
  "HTTP/1.1 103 Early Hints",
  "Link: </a.css>; rel=preload",
  "Link: </b.js>; rel=preload",
  "X-Accel-Expires: 10",
  "Connection: X-Own",
  "Content-Length: 7",
  "X-Internal: secret",
];
const INTERIM = `${HINTS.join("\r\n")}\r\n\r\n`;
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere";
const LINKS = [
  ["Link", "</a.css>; rel=preload"],
  ["Link", "</b.js>; rel=preload"],
];

let origin: Origin;
let http2Origin: Http2Origin;
let server: RunningServer;

beforeAll(async () => {
  origin = await startOrigin(({ target }) => {
    if (target === "/second") return { parts: [INTERIM, "HTTP/1.1 103 Early Hints\r\nLink: </c.png>\r\n\r\n", ANSWER] };
    if (target === "/continue") return { parts: ["HTTP/1.1 100 Continue\r\n\r\n", ANSWER] };
    if (target === "/nothing") return { parts: ["HTTP/1.1 103 Early Hints\r\nX-Internal: secret\r\n\r\n", ANSWER] };
    return target === "/at-once" ? INTERIM + ANSWER : { parts: [INTERIM.slice(0, 40), INTERIM.slice(40), ANSWER] };
  });
  http2Origin = await startHttp2Origin((stream) => {
    stream.additionalHeaders({ ":status": 103, link: ["</a.css>; rel=preload", "</b.js>; rel=preload"], "x-internal": "secret" });
    stream.respond({ ":status": 200 });
    stream.end("here");
  });
  server = await startForegate({
    conf: `http {
      proxy_hide_header X-Internal;
      proxy_http_version 1.1;
      server {
        listen 127.0.0.1:%%PORT%% http2;
        location / { early_hints $http_early; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
        location /several/ { early_hints 0 "" $http_early; early_hints "$http_second"; proxy_pass http://127.0.0.1:%%ORIGIN%%/; }
        location /never/ { proxy_pass http://127.0.0.1:%%ORIGIN%%/; }
        location /h2/ { early_hints 1; proxy_http_version 2; proxy_pass http://127.0.0.1:%%HTTP2_ORIGIN%%; }
      }
    }`,
    values: { ORIGIN: origin.port, HTTP2_ORIGIN: http2Origin.port },
  });
});
afterAll(async () => {
  await origin.stop();
  await http2Origin[Symbol.asyncDispose]();
});

async function hintsFor(request: string): Promise<readonly (readonly (readonly string[])[])[]> {
  const { answers } = await server.exchange(request);
  expect(answers.at(-1)).toMatchObject({ status: 200, body: "here" });
  return answers.slice(0, -1).map(({ status, fields }) => {
    expect(status).toBe(103);
    return fields.map(([name, value]) => [name, value]);
  });
}

test.each([
  ["in parts", "/"],
  ["in one piece with the answer", "/at-once"],
])("hints that come %s are passed on without what is hidden or the connection's", async (_name, target) => {
  expect(await hintsFor(get(target, "Early: 1"))).toEqual([LINKS]);
});

test("each of several hints is passed on once", async () => {
  expect(await hintsFor(get("/second", "Early: yes"))).toEqual([LINKS, [["Link", "</c.png>"]]]);
});

test.each([
  ["the value is empty", get("/")],
  ["the value is 0", get("/", "Early: 0")],
  ["there is no early_hints", get("/never/", "Early: 1")],
  ["all of several values are empty or 0", get("/several/", "Early: 0")],
  ["the client speaks HTTP/1.0", head("GET / HTTP/1.0", "Host: localhost", "Early: 1")],
  ["the interim answer is another one", get("/continue", "Early: 1")],
  ["nothing is left of them", get("/nothing", "Early: 1")],
])("hints are skipped where %s", async (_name, request) => {
  expect(await hintsFor(request)).toEqual([]);
});

test("one of several values is enough, in any of several lines", async () => {
  expect(await hintsFor(get("/several/", "Early: 1"))).toEqual([LINKS]);
  expect(await hintsFor(get("/several/", "Second: 1"))).toEqual([LINKS]);
});

test("hints of an HTTP/2 upstream are passed to a client of HTTP/1.1", async () => {
  expect(await hintsFor(get("/h2/"))).toEqual([LINKS.map(([name = "", value]) => [name.toLowerCase(), value])]);
});

test.each(["/", "/h2/"])("a client of HTTP/2 gets those of %s", async (path) => {
  const session = openHttp2(server.port());
  try {
    const links = new Promise((resolve) => {
      session.once("stream", resolve);
      const stream = session.request({ ":path": path, early: "1" });
      stream.once("headers", (fields) => resolve([fields[":status"], fields["link"], fields["x-internal"]]));
      stream.resume();
    });
    expect(await links).toEqual([103, "</a.css>; rel=preload, </b.js>; rel=preload", undefined]);
    expect(await askHttp2(session, { path, fields: [["early", "1"]] })).toMatchObject({ status: 200, body: "here", interim: [103] });
    expect(await askHttp2(session, { path: "/" })).toMatchObject({ status: 200, body: "here", interim: [] });
  } finally {
    session.destroy();
  }
});
