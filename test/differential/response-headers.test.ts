/** add_header and expires: which answers get them, inheritance, always, and the values. */

import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  add_header X-Http http;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    add_header X-Server "$request_method" always;
    add_header X-Empty "";
    add_header X-Variable $arg_v;
    location /inherits { return 200 "x"; }
    location /replaces { add_header X-Location replaces; return 200 "x"; }
    location /two { add_header X-Two 1; add_header X-Two 2; return 200 "x"; }
    location /error { return 404; }
    location /always { add_header X-Always yes always; add_header X-Sometimes no; return 404; }
    location /nested { add_header X-Outer 1; location /nested/in { return 200 "x"; } location /nested/own { add_header X-Inner 1; return 200 "x"; } }
    ${[201, 204, 206, 301, 302, 303, 304, 307, 308, 400, 500].map((code) => `location = /code/${code} { add_header X-Code ${code}; return ${code} ${code > 300 && code < 309 && code !== 304 ? "/x" : ""}; }`).join("\n    ")}
    location /override-date { add_header Last-Modified "Mon, 01 Jan 2024 00:00:00 GMT"; return 200 "x"; }
    location /override-etag { add_header ETag '"own"'; return 200 "x"; }
    location /override-cache { add_header Cache-Control "public"; add_header Cache-Control "max-age=5"; return 200 "x"; }
    location /link { add_header Link "</a>; rel=preload"; add_header Link "</b>; rel=preload"; return 200 "x"; }
    location /file.txt { add_header X-File yes; }
    location /status/ { alias %%DIR%%/www/; add_header X-Status $status always; add_header X-Type "[$sent_http_content_type]" always; }
    location /if { add_header X-Before if; if ($arg_h) { add_header X-In if; return 200 "in"; } return 200 "out"; }
    location /expires-off { expires off; return 200 "x"; }
    location /expires-epoch { expires epoch; return 200 "x"; }
    location /expires-max { expires max; return 200 "x"; }
    location /expires-0 { expires 0; return 200 "x"; }
    location /expires-hour { expires 1h; return 200 "x"; }
    location /expires-past { expires -1; return 200 "x"; }
    location /expires-error { expires 1h; return 404; }
    location /expires-and-cache { expires 1h; add_header Cache-Control private; return 200 "x"; }
    location /expires-variable { set $e $arg_e; expires $e; return 200 "x"; }
    location /expires-file.txt { alias %%DIR%%/www/file.txt; expires modified +1d; }
  }
}`;

const targets = (...list: readonly string[]): readonly Row[] => list.map((target) => ({ name: `GET ${target}`, request: get(target) }));
// Expires counts from now, and two servers may answer in two seconds.
const counted = (...list: readonly string[]): readonly Row[] =>
  list.map((target) => ({ name: `GET ${target}`, request: get(target), compare: { fields: ["Cache-Control", "X-Server"] } }));

compareRows({
  name: "add_header and expires",
  conf,
  files: { "www/file.txt": "file\n" },
  rows: [
    ...targets(
      "/inherits",
      "/inherits?v=1",
      "/replaces",
      "/two",
      "/error",
      "/always",
      "/nested",
      "/nested/in",
      "/nested/own",
      "/override-date",
      "/override-etag",
    ),
    ...targets(
      "/override-cache",
      "/link",
      "/file.txt",
      "/if",
      "/if?h=1",
      "/missing",
      "/code/201",
      "/code/204",
      "/code/206",
      "/code/301",
      "/code/302",
      "/code/303",
    ),
    ...targets(
      "/code/304",
      "/code/307",
      "/code/308",
      "/code/400",
      "/code/500",
      "/expires-off",
      "/expires-epoch",
      "/expires-max",
      "/expires-error",
    ),
    ...targets("/expires-variable?e=off", "/expires-variable", "/expires-variable?e=epoch", "/expires-variable?e=nonsense"),
    ...counted("/expires-0", "/expires-hour", "/expires-past", "/expires-and-cache", "/expires-variable?e=2h", "/expires-file.txt"),
    { name: "HEAD with added fields", request: request("HEAD", "/two") },
    { name: "POST with added fields", request: request("POST", "/inherits", "Content-Length: 0") },
    { name: "304 of a file keeps added fields", request: get("/file.txt", "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT") },
    { name: "200 of a file tells its status", request: get("/status/file.txt") },
    { name: "304 of a file tells its status", request: get("/status/file.txt", "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT") },
    { name: "412 of a file tells its status", request: get("/status/file.txt", 'If-Match: "x"'), compare: { close: false } },
    { name: "206 of a file keeps added fields", request: get("/file.txt", "Range: bytes=0-1") },
  ],
});
