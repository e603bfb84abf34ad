/** add_trailer: fields behind a body, which answers get them, and what that does to their framing. */

import { get, head, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  add_trailer X-Http http;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    location /inherits { return 200 "x"; }
    location /replaces { add_trailer X-A $arg_a; add_trailer X-B "b b"; return 200 "x"; }
    location /always { add_trailer X-A a always; add_trailer X-B b; return 404; }
    location /error { add_trailer X-A a; return 404; }
    location /204 { add_trailer X-A a; return 204; }
    location /plain { chunked_transfer_encoding off; add_trailer X-A a; return 200 "x"; }
    location /file.txt { add_trailer X-Uri $uri; }
  }
}`;

const targets = (...list: readonly string[]): readonly Row[] => list.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "add_trailer",
  conf,
  files: { "www/file.txt": "0123456789\n" },
  rows: [
    ...targets("/inherits", "/replaces?a=1", "/replaces", "/always", "/error", "/204", "/plain", "/file.txt", "/missing"),
    { name: "HEAD", request: request("HEAD", "/replaces?a=1") },
    { name: "HTTP/1.0", request: head("GET /replaces HTTP/1.0", "Host: localhost") },
    { name: "a range", request: get("/file.txt", "Range: bytes=2-3") },
    { name: "304", request: get("/file.txt", "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT") },
    { name: "a request behind trailers", request: [get("/replaces?a=1") + get("/inherits")], answers: 2 },
  ],
});
