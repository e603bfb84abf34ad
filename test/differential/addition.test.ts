/** `add_before_body`, `add_after_body`, `addition_types`: which answers are surrounded, with what, and by which fields it shows. */

import { startOrigin } from "../harness/origin.ts";
import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    default_type text/html;
    root %%DIR%%/www;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    location / { add_before_body /before; add_after_body /after; }
    location /before-only/ { add_before_body /before; return 200 "main\\n"; }
    location /after-only/ { add_after_body /after; return 200 "main\\n"; }
    location /nested { add_before_body /nests; return 200 "main\\n"; }
    location = /nests { add_before_body /before; return 200 "nests\\n"; }
    location = /before { return 200 "before $request_uri $uri $args\\n"; }
    location = /after { add_header X-After 1; return 200 "after\\n"; }
    location /plain { default_type text/plain; add_before_body /before; return 200 "main\\n"; }
    location /typed { default_type text/plain; addition_types text/plain; add_before_body /before; return 200 "main\\n"; }
    location /any-type { default_type image/gif; addition_types *; add_before_body /before; return 200 "main\\n"; }
    location /missing { add_before_body /nothing; return 200 "main\\n"; }
    location /denied { add_before_body /denies; return 200 "main\\n"; }
    location = /denies { deny all; return 200 "let in all the same\\n"; }
    location /internal { add_before_body /inner; return 200 "main\\n"; }
    location = /inner { internal; return 200 "inner\\n"; }
    location /empty-uri { add_before_body ""; return 200 "main\\n"; }
    location /status { add_before_body /before; return 201 "main\\n"; }
    location /error { add_before_body /before; return 404; }
    location /redirected { add_before_body /redirects; return 200 "main\\n"; }
    location = /redirects { rewrite ^ /before last; }
    location /file-parts { add_before_body /www-a.html; add_after_body /large.html; }
    location /proxied { add_before_body /origin/before; add_after_body /origin/after; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /origin/ { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /page { add_before_body /fails; return 200 "main\\n"; }
    location = /fails { error_page 404 /before; return 404; }
    location /inner-fields { add_before_body /answers-206; return 200 "main\\n"; }
    location = /answers-206 { return 206 "partial\\n"; }
    location /set { set $mine main; add_before_body /sets; add_after_body /shows; return 200 "$mine\\n"; }
    location = /sets { set $mine before; return 200 "sets\\n"; }
    location = /shows { return 200 "$mine\\n"; }
    location /zipped { gzip on; gzip_min_length 0; gzip_types text/plain; add_before_body /zips; return 200 "main\\n"; }
    location = /zips { gzip on; gzip_min_length 0; return 200 "zips\\n"; }
  }
}`;

const LARGE = "0123456789abcdef".repeat(20_000);
const chunked = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: "e"\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const gets = (...targets: readonly string[]): readonly Row[] => targets.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "addition",
  conf,
  files: { "www/a.html": "a file\n", "www/large.html": LARGE, "www/www-a.html": "part\n", "www/file-parts.html": "main file\n" },
  origins: async () => {
    const origin = await startOrigin(({ target }) => chunked(`${target}\n`));
    return { values: { ORIGIN: origin.port }, stop: origin.stop };
  },
  rows: [
    ...gets("/a.html", "/a.html?x=1", "/large.html", "/before-only/x?y=z", "/after-only/", "/nested", "/plain", "/typed", "/any-type"),
    ...gets("/missing", "/denied", "/internal", "/empty-uri", "/status", "/error", "/redirected", "/file-parts.html", "/proxied"),
    ...gets("/page", "/inner-fields", "/set"),
    { name: "HEAD of what would be surrounded", request: request("HEAD", "/a.html") },
    { name: "a range of what is surrounded", request: get("/a.html", "Range: bytes=0-2") },
    { name: "the parts do not answer to If-None-Match", request: get("/file-parts.html", 'If-None-Match: "x"', "If-Match: *") },
    { name: "HTTP/1.0 ends with the connection", request: "GET /a.html HTTP/1.0\r\nHost: localhost\r\n\r\n" },
    { name: "two requests on one connection", request: get("/a.html", "Connection: keep-alive") + get("/before-only/"), answers: 2 },
  ],
});
