/** gunzip: which compressed answers are decompressed, for whom. */

import { gzipSync } from "node:zlib";
import { startOrigin } from "../harness/origin.ts";
import { get, head, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  gunzip on;
  proxy_http_version 1.1;
  server {
    listen 127.0.0.1:%%PORT%%;
    location / { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /vary/ { gzip_vary on; proxy_pass http://127.0.0.1:%%ORIGIN%%/; }
    location /vary-twice/ { gzip on; gzip_vary on; gzip_types *; proxy_pass http://127.0.0.1:%%ORIGIN%%/; }
    location /off/ { gunzip off; proxy_pass http://127.0.0.1:%%ORIGIN%%/; }
    location /changed/ { default_type text/html; sub_filter text TEXT; sub_filter_types *; proxy_pass http://127.0.0.1:%%ORIGIN%%/; }
  }
}`;

const CONTENT = gzipSync("some text that was compressed, ".repeat(20)).toString("latin1");

function answer(fields: string, content: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n${fields}Content-Length: ${content.length}\r\n\r\n${content}`;
}

const ANSWERS: Readonly<Record<string, string>> = {
  "/gzip": answer(
    'Content-Encoding: gzip\r\nETag: "a"\r\nAccept-Ranges: bytes\r\nLast-Modified: Thu, 29 Feb 2024 12:34:56 GMT\r\n',
    CONTENT,
  ),
  "/upper": answer("Content-Encoding: GZIP\r\n", CONTENT),
  "/twice": answer("Content-Encoding: gzip\r\n", CONTENT + CONTENT),
  "/deflate": answer("Content-Encoding: deflate\r\n", "deflated"),
  "/plain": answer("", "plain"),
  "/empty": answer("Content-Encoding: gzip\r\n", ""),
};

const targets = (...list: readonly string[]): readonly Row[] =>
  list.flatMap((target) => [
    { name: `GET ${target}`, request: get(target) },
    { name: `GET ${target} with gzip accepted`, request: get(target, "Accept-Encoding: gzip") },
  ]);

compareRows({
  name: "gunzip",
  conf,
  origins: async () => {
    const origin = await startOrigin(({ target, method }) => {
      const whole = ANSWERS[target] ?? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
      return method === "HEAD" ? whole.slice(0, whole.indexOf("\r\n\r\n") + 4) : whole;
    });
    return { values: { ORIGIN: origin.port }, stop: origin.stop };
  },
  rows: [
    ...targets("/gzip", "/upper", "/twice", "/deflate", "/plain", "/off/gzip", "/vary/gzip", "/vary/plain"),
    { name: "what is decompressed is changed", request: get("/changed/gzip") },
    { name: "what is not, is not", request: get("/changed/gzip", "Accept-Encoding: gzip"), differs: "sub-filter-of-compressed" },
    { name: "GET /vary-twice/gzip", request: get("/vary-twice/gzip") },
    { name: "HEAD", request: request("HEAD", "/gzip") },
    { name: "HTTP/1.0 is not given gzip", request: head("GET /gzip HTTP/1.0", "Host: localhost", "Accept-Encoding: gzip") },
    { name: "a proxy is not given gzip", request: get("/gzip", "Accept-Encoding: gzip", "Via: 1.1 p") },
    { name: "a quality of zero", request: get("/gzip", "Accept-Encoding: gzip;q=0") },
    { name: "a range of the compressed answer", request: get("/gzip", "Range: bytes=0-3") },
  ],
});
