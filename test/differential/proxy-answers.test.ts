/** What proxy_pass makes of an origin's answer: fields, framing, redirects, errors, X-Accel-Redirect and the next upstream. */

import { startOrigin } from "../harness/origin.ts";
import { startProxyOrigin } from "./proxy-origin.ts";
import { get, head, request, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const ORIGIN = "http://127.0.0.1:%%ORIGIN%%";

/** What the echoing origin is to see alike from both. */
const KEPT = 'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host localhost;';

const conf = `
http {
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  upstream dead { server 127.0.0.1:%%PORT_DEAD%%; }
  upstream second { server 127.0.0.1:%%PORT_DEAD%%; server 127.0.0.1:%%ORIGIN%% backup; }
  upstream third { server 127.0.0.1:%%PORT_DEAD%%; server 127.0.0.1:%%ORIGIN%% backup; }
  upstream same { server 127.0.0.1:%%ORIGIN%% max_fails=0; server 127.0.0.1:%%ORIGIN%% max_fails=0 backup; }
  server {
    listen 127.0.0.1:%%PORT%%;
    add_header X-Location server;
    location / { proxy_pass ${ORIGIN}; }
    location /base/ { proxy_pass ${ORIGIN}/; }
    location /base-to-base/ { proxy_pass ${ORIGIN}/base/; }
    location /unbuffered/ { proxy_buffering off; proxy_pass ${ORIGIN}; }
    location /redirect-off/ { proxy_redirect off; proxy_pass ${ORIGIN}; }
    location /redirect-own/ { proxy_redirect http://elsewhere.test/ /here/; proxy_pass ${ORIGIN}/; }
    location /redirect-regex/ { proxy_redirect ~^http://([^.]+)\\.test/(.*)$ /$1/$2; proxy_pass ${ORIGIN}/; }
    location /hide/ { proxy_hide_header X-A; proxy_hide_header Set-Cookie; proxy_pass ${ORIGIN}/; }
    location /pass/ { proxy_pass_header Server; proxy_pass_header Date; proxy_pass_header X-Accel-Charset; proxy_pass ${ORIGIN}/; }
    location /ignore/ { proxy_ignore_headers X-Accel-Redirect; proxy_pass ${ORIGIN}/; }
    location /intercept/ { proxy_intercept_errors on; error_page 404 /internal/file.txt; error_page 500 = @named; proxy_pass ${ORIGIN}/; }
    location /intercept-401/ { proxy_intercept_errors on; error_page 401 /internal/file.txt; proxy_pass ${ORIGIN}/; }
    location /intercept-401-named/ { proxy_intercept_errors on; error_page 401 = @named; proxy_pass ${ORIGIN}/; }
    location /intercept-to-origin/ { proxy_intercept_errors on; error_page 401 404 /validators; proxy_pass ${ORIGIN}/; }
    location /redirect-named/ { proxy_redirect ~^http://(?<site>[^.]+)\\.test/(?<rest>.*)$ /$site/$rest; proxy_pass ${ORIGIN}/; }
    location /limited/ { client_max_body_size 2; error_page 413 /echo; proxy_pass ${ORIGIN}; }
    location /limited-named/ { client_max_body_size 2; error_page 413 = @echo; proxy_pass ${ORIGIN}; }
    location /limited-stream/ { client_max_body_size 2; error_page 413 /echo; proxy_request_buffering off; proxy_pass ${ORIGIN}; }
    location /unframed/ { error_page 400 /echo; proxy_pass ${ORIGIN}; }
    location @echo { proxy_pass ${ORIGIN}; ${KEPT} }
    location = /echo { proxy_pass ${ORIGIN}; ${KEPT} }
    location /not-intercepted/ { error_page 404 /internal/file.txt; proxy_pass ${ORIGIN}/; }
    location /502-page/ { error_page 502 =200 /internal/file.txt; proxy_pass http://dead; }
    location /internal/ { internal; alias %%DIR%%/www/; }
    location @named { return 200 "named $uri\\n"; }
    location /dead/ { proxy_pass http://dead; }
    location /second/ { proxy_pass http://second/; }
    location /next/ { proxy_next_upstream error timeout http_500 http_404; proxy_pass http://same/; }
    location /next-off/ { proxy_next_upstream off; proxy_pass http://third/; }
    location /timeout/ { proxy_read_timeout 100ms; proxy_pass http://127.0.0.1:%%STALLED%%; }
  }
}`;

const chunked = (place: string, content: string): string => request("POST", `${place}x`, "Transfer-Encoding: chunked") + content;

const targets = (...list: readonly string[]): readonly Row[] => list.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "proxied answers",
  conf,
  files: { "www/file.txt": "file\n" },
  origins: async () => {
    const origin = await startProxyOrigin();
    const stalled = await startOrigin(() => ({ parts: [] }));
    return {
      values: { ORIGIN: origin.port, STALLED: stalled.port },
      stop: async () => {
        await origin.stop();
        await stalled.stop();
      },
    };
  },
  rows: [
    ...targets(
      "/status-404",
      "/status-500",
      "/status-503",
      "/status-204",
      "/status-304",
      "/status-299",
      "/no-reason",
      "/http10",
      "/close-delimited",
      "/chunked",
    ),
    ...targets(
      "/chunked-extension",
      "/chunked-split",
      "/chunked-cut",
      "/length-cut",
      "/length-more",
      "/empty",
      "/nothing",
      "/reset",
      "/head-cut",
      "/bad-field",
    ),
    ...targets(
      "/folded-field",
      "/big-head",
      "/redirect-path",
      "/redirect-elsewhere",
      "/redirect-origin",
      "/base/redirect-origin",
      "/base/redirect-path",
    ),
    ...targets(
      "/base-to-base/redirect-base",
      "/redirect-off/redirect-origin",
      "/redirect-own/redirect-elsewhere",
      "/redirect-regex/redirect-elsewhere",
    ),
    ...targets("/refresh", "/base-to-base/refresh", "/fields", "/hide/fields", "/hide/cookies", "/pass/fields", "/validators", "/typed"),
    ...targets(
      "/accel-redirect",
      "/accel-named",
      "/accel-missing",
      "/accel-hidden",
      "/ignore/accel-redirect",
      "/pass/accel-hidden",
      "/intercept/status-404",
    ),
    ...targets(
      "/intercept/status-500",
      "/intercept/status-503",
      "/not-intercepted/status-404",
      "/502-page/x",
      "/dead/x",
      "/second/x",
      "/next/status-500",
    ),
    ...targets(
      "/intercept-401/status-401",
      "/intercept-401-named/status-401",
      "/intercept-401/status-404",
      "/intercept-to-origin/status-401",
      "/intercept-to-origin/status-404",
      "/redirect-named/redirect-elsewhere",
      "/redirect-named/redirect-path",
    ),
    ...targets(
      "/next/status-404",
      "/next-off/x",
      "/timeout/x",
      "/unbuffered/chunked",
      "/unbuffered/close-delimited",
      "/unbuffered/large",
      "/large",
    ),
    { name: "a trailer section is dropped", request: get("/chunked-trailer") },
    { name: "HTTP/0.9 from the origin", request: get("/garbage"), timeoutMs: 700, differs: "http09-from-upstreams", ours: 502 },
    { name: "Content-Length beside chunked", request: get("/length-and-chunked"), differs: "framing-from-upstreams", ours: 502 },
    { name: "two different Content-Length", request: get("/two-lengths"), differs: "framing-from-upstreams", ours: 502 },
    {
      name: "an upgrade that the client did not ask for",
      request: get("/upgrade"),
      timeoutMs: 700,
      differs: "unrequested-upgrade",
      ours: 502,
    },
    { name: "HEAD of a chunked answer", request: request("HEAD", "/chunked") },
    { name: "HEAD of a sized answer", request: request("HEAD", "/status-404") },
    { name: "chunked to an HTTP/1.0 client", request: head("GET /chunked HTTP/1.0") },
    { name: "chunked to an HTTP/1.0 client that keeps alive", request: head("GET /chunked HTTP/1.0", "Connection: keep-alive") },
    { name: "a range is the origin's affair", request: get("/validators", "Range: bytes=0-1") },
    { name: "a conditional request is the origin's affair", request: get("/validators", 'If-None-Match: "v"') },
    { name: "HEAD becomes an internal redirect", request: request("HEAD", "/accel-redirect") },
    { name: "POST becomes GET at an internal redirect", request: withContent("POST", "/accel-redirect", "abc") },
    { name: "POST is not sent to a second upstream once sent", request: withContent("POST", "/next/status-500", "abc") },
    { name: "POST goes to the second upstream when the first refuses", request: withContent("POST", "/second/x", "abc") },
    ...["/limited/", "/limited-named/", "/limited-stream/", "/unframed/"].flatMap((place): Row[] => [
      { name: `${place} with content that is allowed`, request: withContent("POST", `${place}validators`, "ab") },
      { name: `${place} with too much content`, request: withContent("POST", `${place}x`, "abc"), compare: { close: false } },
      { name: `${place} with too large a chunk`, request: chunked(place, "3\r\nabc\r\n0\r\n\r\n"), compare: { close: false } },
      { name: `${place} with broken chunks`, request: chunked(place, "x\r\n"), compare: { close: false } },
    ]),
    { name: "a failure keeps the client's connection", request: get("/dead/x") + get("/status-404"), answers: 2 },
    { name: "answers of two origins in a pipeline", request: get("/chunked") + get("/empty"), answers: 2 },
  ],
});
