/** Every documented value of the core module's directives that an answer shows, asked by all kinds of requests. */

import { get, head, request, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const UPSTREAM = "http://127.0.0.1:%%PORT_UP%%";
const STATIC = "alias %%DIR%%/www/static;";
const PASSWORDS = "auth_basic x; auth_basic_user_file %%DIR%%/passwords;";

const conf = `
http {
  default_type text/plain;
  server {
    listen 127.0.0.1:%%PORT_UP%%;
    location / { return 200 "up $uri"; }
    location /s { return 503 "up503"; }
    location /r { return 302 /elsewhere; }
    location /nf { return 404 "up404"; }
    location /x { add_header X-Accel-Redirect /hidden/a.txt; return 200 ""; }
  }
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name named.example other;
    root %%DIR%%/www;
    error_page 404 /404.txt;
    error_page 410 =200 /404.txt;
    error_page 411 = /missing-too;
    error_page 402 418 = @named;
    error_page 403 =301 http://e.example/x;
    error_page 405 =405 http://e.example/x;
    error_page 406 http://e.example/x$uri;
    error_page 409 =302 /404.txt;
    error_page 500 502 503 504 /50x.txt;
    location /status/ { return 400; }
    ${["402", "403", "405", "406", "409", "410", "411", "412", "418", "499", "500", "503"]
      .map((status) => `location /e${status} { return ${status}; }`)
      .join("\n    ")}
    location @named { return 200 "named $uri $status"; }
    location /nested { error_page 404 = /nested2; return 404; }
    location /nested2 { error_page 403 /404.txt; return 403; }
    location /recursive { recursive_error_pages on; error_page 404 = /recursive2; return 404; }
    location /recursive2 { recursive_error_pages on; error_page 403 =202 /404.txt; return 403; }
    location /loop { recursive_error_pages on; error_page 404 /loop; return 404; }
    location /internal { internal; return 200 "internal\\n"; }
    location /to-internal { rewrite ^ /internal last; }
    location /hidden/ { internal; alias %%DIR%%/www/static/; }
    location /accel { proxy_pass ${UPSTREAM}/x; }
    location /intercept { proxy_intercept_errors on; error_page 404 =203 /404.txt; error_page 302 503 = @named; proxy_pass ${UPSTREAM}/; }
    location /except-get { limit_except GET { deny all; } return 200 "get"; }
    location /except-post { limit_except POST { deny all; } }
    location /any { satisfy any; deny all; ${PASSWORDS} }
    location /all { satisfy all; allow all; ${PASSWORDS} }
    location /any-allowed { satisfy any; allow 127.0.0.1; deny all; ${PASSWORDS} try_files /static/a.txt =404; }
    location /relative { absolute_redirect off; return 301 /a; }
    location /relative-slash { absolute_redirect off; alias %%DIR%%/www/dir; }
    location /no-port { port_in_redirect off; return 301 /a; }
    location /server-name { server_name_in_redirect on; return 301 /a; }
    location /server-name-no-port { server_name_in_redirect on; port_in_redirect off; return 301 /a; }
    location /no-version { server_tokens off; return 404; }
    location /build { server_tokens build; return 403; }
    location /no-etag { etag off; ${STATIC} }
    location /since-off { if_modified_since off; ${STATIC} }
    location /since-before { if_modified_since before; ${STATIC} }
    location /since-exact { if_modified_since exact; ${STATIC} }
    location /ranges0 { max_ranges 0; ${STATIC} }
    location /ranges1 { max_ranges 1; ${STATIC} }
    location /ranges2 { max_ranges 2; ${STATIC} }
    location /no-types { types { } default_type ""; ${STATIC} }
    location /upper-types { types { a/b TXT; c/d txt; } ${STATIC} }
    location /mixed-types { types { a/b tXt html; } default_type d/e; ${STATIC} }
    location /not-kept { keepalive_timeout 0; return 200 x; }
    location /advertised { keepalive_timeout 5s 3s; return 200 x; }
    location /once { keepalive_requests 1; return 200 x; }
    location /never { keepalive_requests 0; return 200 x; }
    location /unchunked { chunked_transfer_encoding off; ssi on; ssi_types *; ${STATIC} }
    location /chunked { ssi on; ssi_types *; ${STATIC} }
    location /post-action { post_action /done; return 200 "posted"; }
    location /done { return 200 "done"; }
    location /five { client_max_body_size 5; proxy_pass ${UPSTREAM}; }
    location /any-size { client_max_body_size 0; proxy_pass ${UPSTREAM}; }
    location /no-memory { client_body_buffer_size 1; proxy_pass ${UPSTREAM}; }
    location /cached { open_file_cache max=10 inactive=1m; open_file_cache_errors on; open_file_cache_min_uses 1; ${STATIC} }
    location /unlinked { disable_symlinks on; ${STATIC} }
    location /echo { return 200 "$request_uri|$uri|$args|$http_x_a|$http_a_b|$http_host|$request_length\\n"; }
  }
  server {
    listen 127.0.0.1:%%PORT_LAX%%;
    merge_slashes off;
    underscores_in_headers on;
    ignore_invalid_headers off;
    absolute_redirect off;
    large_client_header_buffers 2 1k;
    client_header_buffer_size 200;
    location / { return 200 "$request_uri|$uri|$args|$http_x_a|$http_a_b|$http_host\\n"; }
    location = /a//b { return 200 exact; }
    location /d { alias %%DIR%%/www/dir; }
  }
  server {
    listen 127.0.0.1:%%PORT_SMALL%%;
    large_client_header_buffers 1 512;
    client_header_buffer_size 1;
    location / { return 200 "$request_uri|$http_x_a|$http_a_b\\n"; }
  }
}`;

const OLD = "Thu, 01 Jan 2015 00:00:00 GMT";
const FUTURE = "Fri, 01 Jan 2038 00:00:00 GMT";

const TARGETS =
  "/e402 /e403 /e405 /e406 /e409 /e410 /e411 /e412 /e418 /e499 /e500 /e503 /status/1 /missing /nested /recursive /loop /internal /to-internal " +
  "/hidden/a.txt /accel /intercept/s /intercept/r /intercept/nf /intercept/ok /intercept/x /except-get /except-post /any /all /any-allowed " +
  "/relative /relative-slash /no-port /server-name /server-name-no-port /no-version /build /static /static/ /dir /dir/ /not-kept /advertised " +
  "/once /never /post-action /cached/a.txt /cached/missing /unlinked/a.txt /no-types/a.txt /no-types/none /upper-types/a.txt " +
  "/upper-types/a.html /mixed-types/a.txt /mixed-types/a.html /mixed-types/none /echo /404.txt";

const CONDITIONS = [
  ...[OLD, FUTURE, "x"].map((date) => `If-Modified-Since: ${date}`),
  ...[OLD, FUTURE].map((date) => `If-Unmodified-Since: ${date}`),
  ...["0-1", "0-1,3-4", "0-0,1-1,2-2", "-3", "99-", "0-9,0-9,0-9,0-9"].map((ranges) => `Range: bytes=${ranges}`),
  ...["If-None-Match: *", 'If-Match: "x"'],
];
const CONDITIONAL_PLACES = "static no-etag since-off since-before since-exact ranges0 ranges1 ranges2 cached".split(" ");
const SINGLE_FIELDS = ["etag", "last-modified", "accept-ranges", "content-range", "connection"];

const METHODS = "GET HEAD POST PUT DELETE OPTIONS TRACE PATCH PROPFIND FOO get".split(" ");

const FIELDS = [
  "X_A: 1",
  "X-A: 1",
  "A_B: 2",
  "X A: 1",
  "X-A : 1",
  ": v",
  "X(A: 1",
  "X-A",
  "X\x01: 1",
  "-: 1",
  "_: 1",
  "X-A:1",
  "X-A:\t1\t ",
  "X.A: 1",
];
const LENGTHS = [100, 150, 190, 300, 480, 511, 600, 1000, 1030, 1500];
const PATHS = ["/a//b", "//a", "/a///b//", "/a/./b", "/a/../b", "/a//../b", "/d", "/d//", "/%2f/", "/a%2f%2fb"];

const LINES = [
  ...["GET /", "GET /echo", "GET  /echo", "GET /echo HTTP/0.9", "GET /echo HTTP/2.0", "GET /echo HTTP/1.10", "GET /echo HTTP/1."],
  ...["GET /echo HTTP/01.1", "get /echo HTTP/1.1", "GET http://h.x/echo HTTP/1.1", "GET http://h.x HTTP/1.1", "OPTIONS * HTTP/1.1"],
  ...["GET echo HTTP/1.1", "POST /echo", "HEAD /echo", "GET /static/a.txt", "GET /echo HTTP/1.1 ", "GET /a b HTTP/1.1"],
  ...["GET /echo?a b HTTP/1.1", "GET /echo#f HTTP/1.1", "GET /echo?#f HTTP/1.1"],
];

const HOSTS = ["named.example", "other", "unknown", "127.0.0.1", "named.example:80", "NAMED.example", "[::1]:9"];

function withBodies(target: string): readonly Row[] {
  return ["", "12345", "123456"].flatMap((body) => [
    { name: `${target} with ${body.length} octets`, request: withContent("POST", target, body) },
    { name: `${target} with ${body.length} octets, expecting more`, request: withContent("POST", target, body, "Expect: other") },
    { name: `${target} with ${body.length} octets in a chunk`, request: chunked(target, body) },
    ...(body === ""
      ? [
          {
            name: `${target} expecting to continue without content`,
            request: expecting(target, ""),
            differs: "continue-without-content",
            ours: 200,
          },
        ]
      : [{ name: `${target} expecting to continue with ${body.length} octets`, request: expecting(target, body) }]),
  ]);
}

function expecting(target: string, body: string): string {
  return withContent("POST", target, body, "Expect: 100-Continue");
}

function chunked(target: string, body: string): string {
  const chunk = body === "" ? "" : `${body.length.toString(16)}\r\n${body}\r\n`;
  return `${request("POST", target, "Transfer-Encoding: chunked")}${chunk}0\r\n\r\n`;
}

compareRows({
  name: "values of the core module",
  conf,
  files: {
    "www/static/a.txt": "0123456789",
    "www/static/a.html": "<p>",
    "www/static/none": "none",
    "www/dir/index.html": "index",
    "www/404.txt": "custom 404\n",
    "www/50x.txt": "custom 50x\n",
    passwords: "a:{PLAIN}b\n",
  },
  rows: [
    ...TARGETS.split(" ").flatMap((target) => [
      { name: `GET ${target}`, request: get(target) },
      { name: `HEAD ${target}`, request: request("HEAD", target) },
      { name: `POST ${target} with content`, request: withContent("POST", target, "body!") },
      { name: `GET ${target} by HTTP/1.0 without a host`, request: head(`GET ${target} HTTP/1.0`) },
      { name: `GET ${target} with arguments and a port`, request: head(`GET ${target}?q=1 HTTP/1.1`, "Host: other:99") },
    ]),
    ...CONDITIONAL_PLACES.flatMap((place) =>
      CONDITIONS.map((field) => ({
        name: `${field} at ${place}`,
        request: get(`/${place}/a.txt`, field),
        // A multipart body has a boundary of its own.
        compare: { fields: SINGLE_FIELDS, body: false },
      })),
    ),
    ...["unchunked", "chunked"].flatMap((place) =>
      ["1.0", "1.1"].flatMap((version) =>
        ["close", "keep-alive"].map((connection) => ({
          name: `a page of ssi at ${place} by HTTP/${version}, ${connection}`,
          request: head(`GET /${place}/a.txt HTTP/${version}`, "Host: x", `Connection: ${connection}`),
        })),
      ),
    ),
    ...["/five", "/any-size", "/no-memory", "/echo", "/except-get"]
      .flatMap(withBodies)
      .filter(({ name }) => !name.startsWith("/except-get expecting")),
    ...METHODS.flatMap((method) =>
      ["/except-get", "/except-post", "/static/a.txt", "/relative", "/e410"].map((target) => ({
        name: `the method ${method} at ${target}`,
        request: request(method, target),
      })),
    ),
    ...LINES.flatMap((line) => [
      { name: `the line "${line}" alone`, request: `${line}\r\n\r\n` },
      { name: `the line "${line}" and a host`, request: head(line, "Host: localhost") },
      { name: `the line "${line}" with bare line feeds`, request: `${line}\n\n` },
    ]),
    ...["LAX", "SMALL"].flatMap((portName) => [
      ...FIELDS.map((field) => ({ name: `${JSON.stringify(field)} at ${portName}`, request: get("/echo", field), portName })),
      ...PATHS.map((path) => ({ name: `${path} at ${portName}`, request: get(path), portName })),
      ...LENGTHS.flatMap((length) => [
        { name: `a path of ${length} octets at ${portName}`, request: get(`/${"u".repeat(length)}`), portName },
        { name: `a field of ${length} octets at ${portName}`, request: get("/", `X-A: ${"v".repeat(length)}`), portName },
        {
          name: `three fields of ${length} octets at ${portName}`,
          request: get("/", ...["X-A", "X-B", "X-C"].map((name) => `${name}: ${"v".repeat(length)}`)),
          portName,
        },
      ]),
    ]),
    ...HOSTS.flatMap((host) =>
      ["relative", "no-port", "server-name", "server-name-no-port", "dir", "e403"].map((place) => ({
        name: `a redirect at ${place} for ${host}`,
        request: head(`GET /${place} HTTP/1.1`, `Host: ${host}`),
      })),
    ),
    { name: "nothing behind keepalive_requests", request: get("/once") + get("/echo") },
    { name: "nothing behind keepalive_timeout 0", request: get("/advertised") + get("/not-kept") + get("/echo"), answers: 2 },
    {
      name: "nothing behind a body that is too large",
      request: get("/missing") + withContent("POST", "/five", "123456") + get("/echo"),
      answers: 2,
    },
  ],
});
