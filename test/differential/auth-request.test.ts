/** `auth_request`: which statuses let in, what of the subrequest's answer reaches the client, and what is asked. */

import { echoRequest, type Origin, type OriginRequest, startOrigin } from "../harness/origin.ts";
import { get, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const ORIGIN = "http://127.0.0.1:%%ORIGIN%%";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location = /verdict {
      internal;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_set_header X-Uri $request_uri;
      proxy_pass ${ORIGIN}/verdict$is_args$args;
    }
    location = /by-uri { proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_pass ${ORIGIN}/verdict$request_uri; }
    location /of/ { auth_request /by-uri; auth_request_set $user $upstream_http_x_user; auth_request_set $code $upstream_status; try_files /none /user; }
    location = /user { internal; return 200 "user=[$user] code=[$code]\\n"; }
    location /proxied/ { auth_request /by-uri; auth_request_set $user $upstream_http_x_user; proxy_set_header X-User $user; proxy_set_header Connection ""; proxy_pass ${ORIGIN}/seen/; }
    location /file { auth_request /by-uri; root %%DIR%%/www; }
    location /local/200 { auth_request /says-200; root %%DIR%%/www; }
    location /local/204 { auth_request /says-204; root %%DIR%%/www; }
    location /local/302 { auth_request /says-302; root %%DIR%%/www; }
    location /local/401 { auth_request /says-401; root %%DIR%%/www; }
    location /local/404 { auth_request /says-404; root %%DIR%%/www; }
    location /local/file { auth_request /a.txt; root %%DIR%%/www; }
    location /local/missing { auth_request /says-nothing; root %%DIR%%/www; }
    location /local/denied-itself { auth_request /denies; root %%DIR%%/www; }
    location /local/asks-again { auth_request /asks; root %%DIR%%/www; }
    location = /says-200 { return 200 "yes"; }
    location = /says-204 { return 204; }
    location = /says-302 { return 302 /elsewhere; }
    location = /says-401 { return 401; }
    location = /says-404 { return 404; }
    location = /a.txt { root %%DIR%%/www; }
    location = /denies { deny all; return 204; }
    location = /denies-file { deny all; root %%DIR%%/www; }
    location = /asks { auth_request /says-401; return 204; }
    location /page/ { auth_request /by-uri; error_page 401 /login; error_page 403 = /login; root %%DIR%%/www; }
    location = /login { return 200 "log in"; }
    location /replaced/ { auth_request /replaces; root %%DIR%%/www; }
    location = /replaces { proxy_intercept_errors on; error_page 404 =204 /says-204; error_page 401 =403 /login; proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_pass ${ORIGIN}/verdict$request_uri; }
    location /any/ { satisfy any; deny all; auth_request /by-uri; root %%DIR%%/www; try_files /a.txt =404; }
    location /all/ { allow all; auth_request /by-uri; root %%DIR%%/www; try_files /a.txt =404; }
    location /off { auth_request /says-401; location /off/inner { auth_request off; root %%DIR%%/www; try_files /a.txt =404; } }
    location /method { auth_request /methods; auth_request_set $asked $upstream_http_x_asked; return 418; error_page 418 = /asked; }
    location = /asked { return 200 "$asked"; }
    location = /method-file { auth_request /methods; auth_request_set $asked $upstream_http_x_asked; try_files /none /asked; }
    location = /length { auth_request /lengths; auth_request_set $asked $upstream_http_x_asked; try_files /none /asked; }
    location = /lengths { proxy_pass_request_body off; proxy_set_header X-Method $content_length; proxy_pass ${ORIGIN}/echo-method; }
    location = /methods { proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_set_header X-Method $request_method; proxy_pass ${ORIGIN}/echo-method; }
    location /shared { set $mine before; auth_request /sets; try_files /none /shows; }
    location = /sets { set $mine after; return 204; }
    location = /shows { return 200 "$mine"; }
    location /args/ { auth_request /args-seen; auth_request_set $asked $upstream_http_x_asked; try_files /none /asked; }
    location = /args-seen { proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_pass ${ORIGIN}/echo-target; }
  }
}`;

const NOTHING = "Content-Length: 0\r\n\r\n";

/** The status that the last segment of the target names. */
function answer(request: OriginRequest): string {
  if (request.target.startsWith("/seen")) return echoRequest(request);
  const field = (name: string): string => request.fields.find(([key]) => key.toLowerCase() === name)?.[1] ?? "";
  if (request.target.startsWith("/echo-method")) {
    return `HTTP/1.1 204 OK\r\nX-Asked: ${request.method} ${field("x-method")} ${field("content-length")}\r\n\r\n`;
  }
  if (request.target.startsWith("/echo-target")) return `HTTP/1.1 204 OK\r\nX-Asked: ${request.target}\r\n\r\n`;
  const status = /\d{3}/.exec(request.target)?.[0] ?? "204";
  const head = `HTTP/1.1 ${status} Said\r\nX-User: ann\r\nX-Secret: 1\r\nSet-Cookie: a=b\r\n`;
  const challenge = status === "401" || request.target.includes("challenge") ? 'WWW-Authenticate: Bearer realm="x"\r\n' : "";
  if (status === "204" || status === "304") return `${head}${challenge}\r\n`;
  if (request.target.includes("body")) return `${head}${challenge}Content-Length: 4\r\n\r\nbody`;
  if (request.target.includes("long")) return `${head}${challenge}Content-Length: 200000\r\n\r\n${"x".repeat(200_000)}`;
  return head + challenge + NOTHING;
}

async function startVerdicts() {
  const origin: Origin = await startOrigin(answer);
  return { values: { ORIGIN: origin.port }, stop: origin.stop };
}

const gets = (...targets: readonly string[]): readonly Row[] => targets.map((target) => ({ name: `GET ${target}`, request: get(target) }));
const verdicts = (...statuses: readonly number[]): readonly Row[] => gets(...statuses.map((status) => `/of/${status}`));

compareRows({
  name: "auth_request",
  conf,
  files: { "www/a.txt": "a file\n", "www/file200": "let in\n", "www/local/200": "in", "www/local/204": "in", "www/local/file": "in" },
  origins: startVerdicts,
  rows: [
    ...verdicts(200, 201, 204, 206, 299, 301, 302, 304, 400, 401, 403, 404, 418, 500, 503),
    ...gets("/of/200-body", "/of/401-body", "/of/401-long", "/of/200-long", "/of/403-challenge", "/of/403-body", "/of/200?x=1"),
    ...gets("/proxied/200", "/proxied/401", "/proxied/200?a=b"),
    ...gets("/file200", "/file401"),
    ...gets("/local/200", "/local/204", "/local/302", "/local/401", "/local/404", "/local/file", "/local/missing"),
    ...gets("/local/denied-itself", "/local/asks-again"),
    ...gets("/page/401", "/page/403", "/page/500"),
    ...gets("/replaced/404", "/replaced/401", "/replaced/200", "/replaced/403"),
    ...gets("/any/200", "/any/401", "/any/403", "/any/500", "/all/200", "/all/401", "/off", "/off/inner", "/shared", "/args/x?a=b"),
    ...gets("/verdict", "/method"),
    { name: "a POST asks by GET, and $request_method is the client's", request: withContent("POST", "/method-file", "content") },
    { name: "a POST that is let in keeps its content", request: withContent("POST", "/proxied/200", "content") },
    { name: "a POST that is refused", request: withContent("POST", "/proxied/401", "content") },
    {
      name: "the content of a subrequest",
      request: withContent("POST", "/length", "content"),
      differs: "content-of-subrequests",
      ours: 200,
    },
    { name: "two requests on one connection", request: get("/of/401", "Connection: keep-alive") + get("/of/200"), answers: 2 },
  ],
});
