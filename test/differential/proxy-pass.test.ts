/** What proxy_pass sends to the origin: URI, fields, method and content. The origin answers with what it got. */

import { startProxyOrigin } from "./proxy-origin.ts";
import { get, head, request, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const ORIGIN = "http://127.0.0.1:%%ORIGIN%%";

const conf = `
http {
  upstream pool { server 127.0.0.1:%%ORIGIN%%; }
  server {
    listen 127.0.0.1:%%PORT%%;
    client_max_body_size 100;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location / { proxy_pass ${ORIGIN}; }
    location /slash/ { proxy_pass ${ORIGIN}/; }
    location /base/ { proxy_pass ${ORIGIN}/replaced/; }
    location /noslash { proxy_pass ${ORIGIN}/replaced; }
    location /noslash-slash { proxy_pass ${ORIGIN}/replaced/; }
    location /slash-noslash/ { proxy_pass ${ORIGIN}/replaced; }
    location = /exact { proxy_pass ${ORIGIN}/other; }
    location = /exact-query { proxy_pass ${ORIGIN}/other?own=1; }
    location ~ ^/regex/(.*)$ { proxy_pass ${ORIGIN}; }
    location ~ ^/captured/(.*)$ { proxy_pass ${ORIGIN}/c/$1; }
    location ~ ^/any-byte/([^|]*)$ { proxy_pass ${ORIGIN}/c/$1; }
    location ~ ^/captured-args/(.*)$ { proxy_pass ${ORIGIN}/c/$1$is_args$args; }
    location /variable/ { set $to 127.0.0.1:%%ORIGIN%%; proxy_pass http://$to; }
    location /variable-uri/ { set $to 127.0.0.1:%%ORIGIN%%; proxy_pass http://$to/fixed; }
    location /rewritten/ { rewrite ^/rewritten/(.*)$ /new/$1?added=1 break; proxy_pass ${ORIGIN}; }
    location /rewritten-base/ { rewrite ^/rewritten-base/(.*)$ /new/$1 break; proxy_pass ${ORIGIN}/ignored/; }
    location /pool/ { proxy_pass http://pool; }
    location /pool-base/ { proxy_pass http://pool/b/; }
    location /headers/ { proxy_set_header Host $http_host; proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Empty ""; proxy_set_header Accept-Encoding ""; proxy_set_header Connection ""; proxy_pass ${ORIGIN}; }
    location /no-headers/ { proxy_pass_request_headers off; proxy_pass ${ORIGIN}; }
    location /no-body/ { proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_set_header Connection ""; proxy_pass ${ORIGIN}; }
    location /own-body/ { proxy_set_body "own $request_method"; proxy_pass ${ORIGIN}; }
    location /own-method/ { proxy_method POST; proxy_pass ${ORIGIN}; }
    location /host/ { proxy_set_header Host $host; proxy_set_header Connection ""; proxy_pass ${ORIGIN}; }
    location /old/ { proxy_http_version 1.0; proxy_set_header Connection close; proxy_pass ${ORIGIN}; }
    location /unbuffered/ { proxy_request_buffering off; proxy_pass ${ORIGIN}; }
    location /upgrade/ { proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection; proxy_pass ${ORIGIN}; }
  }
  server {
    listen 127.0.0.1:%%PORT_DEFAULT%%;
    proxy_set_header X-Level server;
    location / { proxy_pass ${ORIGIN}; }
    location /own-level/ { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Own location; proxy_pass ${ORIGIN}; }
  }
}`;

const targets = (...list: readonly string[]): readonly Row[] =>
  list.map((target) => ({ name: `GET ${JSON.stringify(target)}`, request: get(target) }));
const HOST = "Host: localhost";
const chunkedPost = (content: string): string => head("POST /p HTTP/1.1", HOST, "Transfer-Encoding: chunked") + content;
const CHUNKS = [
  { name: "a chunk extension without its semicolon", content: "3 x\r\nabc\r\n0\r\n\r\n" },
  { name: "a chunk size of forty zeros and a digit", content: `${"0".repeat(40)}3\r\nabc\r\n0\r\n\r\n` },
  { name: "chunk extensions of a hundred thousand bytes", content: `3;${"x".repeat(100_000)}\r\nabc\r\n0\r\n\r\n` },
  { name: "a trailer line that is no field", content: "3\r\nabc\r\n0\r\nno field\r\n\r\n" },
];

compareRows({
  name: "proxy_pass",
  conf,
  origins: async () => {
    const origin = await startProxyOrigin();
    return { values: { ORIGIN: origin.port }, stop: origin.stop };
  },
  rows: [
    ...targets(
      "/",
      "/a?b=c",
      "/a%20b",
      "/a//b",
      "/a/../b",
      "/%41",
      "/a%2fb",
      "/caf\xe9",
      "/a?",
      "/a#frag",
      "/a%23b",
      "/a+b",
      "/a;b",
      "/%7Ex",
      "/a?x=%zz",
      '/a"b',
    ),
    ...targets(
      "/slash/",
      "/slash/x",
      "/slash/x?y=z",
      "/slash",
      "/slash/a%20b",
      "/slash//a",
      "/slash/a%2fb",
      "/slash/%3fx",
      "/slash/%25",
      "/slash/caf%c3%a9",
      "/slash/a%0ab",
    ),
    ...targets(
      "/base/",
      "/base/x",
      "/base/a/../b",
      "/base/%2e%2e/x",
      "/noslash",
      "/noslash/x",
      "/noslashx",
      "/noslash-slash/x",
      "/slash-noslash/x",
      "/exact",
      "/exact?a=b",
    ),
    ...targets(
      "/exact-query",
      "/exact-query?a=b",
      "/regex/a%20b?c",
      "/captured/a?b=c",
      "/captured-args/a?b=c",
      "/variable/a%20b?c=d",
      "/variable-uri/x?y",
    ),
    ...targets("/rewritten/x", "/rewritten/a%20b?c=d", "/rewritten-base/x?a", "/pool/x", "/pool-base/x", "/base%20x"),
    {
      name: "a line end in a capture does not split the request",
      request: get("/any-byte/a%20HTTP/1.1%0d%0aX-Injected:1%0d%0aX:"),
      differs: "line-ends-in-upstream-requests",
      ours: 200,
    },
    { name: "field lines in order", request: get("/f", "X-B: 2", "X-A: 1", "Accept: */*", "User-Agent: test") },
    { name: "repeated fields", request: get("/f", "X-A: 1", "X-A: 2", "Cookie: a=1", "Cookie: b=2"), compare: { body: false } },
    {
      name: "hop-by-hop fields",
      request: get("/f", "Connection: X-Own", "X-Own: 1", "Keep-Alive: 5", "TE: trailers", "Upgrade: x"),
      compare: { body: false, fields: ["Content-Type"] },
    },
    { name: "dropped names", request: get("/f", "X_A: 1", "X.B: 2", "X-C: 3") },
    {
      name: "proxy_set_header",
      request: get("/headers/", "X-Forwarded-For: 1.2.3.4", "Accept-Encoding: gzip", "X-Empty: client", "X-Real-IP: spoofed"),
    },
    { name: "proxy_set_header Host $host", request: head("GET /host/ HTTP/1.1", "Host: Some.Test:81") },
    { name: "an absolute target", request: head("GET http://absolute.test/host/x?y HTTP/1.1", "Host: other.test") },
    { name: "no Host in HTTP/1.0", request: head("GET /host/ HTTP/1.0") },
    { name: "proxy_pass_request_headers off", request: get("/no-headers/", "X-A: 1") },
    { name: "POST with content", request: withContent("POST", "/p", "a=1", "Content-Type: text/plain") },
    { name: "POST with empty content", request: withContent("POST", "/p", "") },
    { name: "POST without a length", request: request("POST", "/p") },
    { name: "GET with content", request: withContent("GET", "/p", "content") },
    { name: "DELETE with content", request: withContent("DELETE", "/p", "content") },
    { name: "an unknown method", request: request("FROB", "/p") },
    { name: "OPTIONS", request: request("OPTIONS", "/p") },
    { name: "HEAD", request: request("HEAD", "/p") },
    { name: "content with NUL and 8-bit bytes", request: withContent("POST", "/p", "\0\xff\r\n") },
    { name: "content in parts", request: [head("POST /p HTTP/1.1", HOST, "Content-Length: 6"), 20, "abc", 20, "def"] },
    {
      name: "chunked content",
      request: `${head("POST /p HTTP/1.1", HOST, "Transfer-Encoding: chunked")}3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n`,
    },
    {
      name: "chunked content above client_max_body_size",
      request: `${head("POST /p HTTP/1.1", HOST, "Transfer-Encoding: chunked")}65\r\n${"x".repeat(101)}\r\n0\r\n\r\n`,
    },
    { name: "content above client_max_body_size", request: withContent("POST", "/p", "x".repeat(101)) },
    { name: "bad chunked content", request: `${head("POST /p HTTP/1.1", HOST, "Transfer-Encoding: chunked")}z\r\n` },
    ...CHUNKS.map(({ name, content }) => ({ name, request: chunkedPost(content), differs: "chunk-framing", ours: 400 })),
    {
      name: "Expect: 100-continue",
      request: [head("POST /p HTTP/1.1", HOST, "Expect: 100-continue", "Content-Length: 3"), /100 Continue/, "abc"],
    },
    { name: "proxy_pass_request_body off", request: withContent("POST", "/no-body/", "abc") },
    { name: "proxy_set_body", request: withContent("POST", "/own-body/", "abc") },
    { name: "proxy_method", request: get("/own-method/") },
    { name: "proxy_http_version 1.0", request: get("/old/x", "X-A: 1") },
    {
      name: "chunked content to HTTP/1.0",
      request: `${head("POST /old/x HTTP/1.1", HOST, "Transfer-Encoding: chunked")}3\r\nabc\r\n0\r\n\r\n`,
    },
    { name: "proxy_request_buffering off", request: withContent("POST", "/unbuffered/x", "abc") },
    {
      // Whether the length is known in time, and sent, depends on how the content arrives.
      name: "proxy_request_buffering off and chunked content",
      request: `${head("POST /unbuffered/x HTTP/1.1", HOST, "Transfer-Encoding: chunked")}3\r\nabc\r\n0\r\n\r\n`,
      compare: { fields: ["Content-Type"], body: false },
    },
    { name: "proxy_set_header of a level replaces the outer ones", request: get("/own-level/x"), portName: "DEFAULT" },
    {
      name: "version and Connection without any directive",
      request: get("/x"),
      portName: "DEFAULT",
      differs: "upstream-keepalive",
      ours: 200,
    },
    { name: "an upgrade", request: get("/upgrade/upgrade", "Upgrade: echo", "Connection: Upgrade") },
  ],
});
