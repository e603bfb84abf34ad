/** Files that lie compressed beside the plain ones: gzip_static. */

import { gzipSync } from "node:zlib";
import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  types { text/html html; text/plain txt; application/gzip gz; }
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    gzip_static on;
    location /vary/ { alias %%DIR%%/www/; gzip_vary on; }
    location /off/ { alias %%DIR%%/www/; gzip_static off; gzip_vary on; }
    location /always/ { alias %%DIR%%/www/; gzip_static always; gzip_vary on; }
    location /proxied/ { alias %%DIR%%/www/; gzip_proxied any; }
    location /auth/ { alias %%DIR%%/www/; gzip_proxied auth expired no-cache; }
    location /no_etag/ { alias %%DIR%%/www/; gzip_proxied no_etag; }
    location /http10/ { alias %%DIR%%/www/; gzip_http_version 1.0; }
    location /disabled/ { alias %%DIR%%/www/; gzip_disable Old; }
    location /both/ { alias %%DIR%%/www/; gzip on; gzip_min_length 1; gzip_types *; gzip_vary on; }
    location /no-etag/ { alias %%DIR%%/www/; etag off; }
  }
}`;

const files = {
  "www/both.txt": "plain and compressed\n",
  "www/both.txt.gz": gzipSync("compressed form\n"),
  "www/plain.html": "only plain, long enough to be compressed on its way if that is asked for\n",
  "www/lone.txt.gz": gzipSync("no plain form\n"),
  "www/directory.txt": "beside a directory\n",
  "www/directory.txt.gz/": "",
  "www/indexed/index.html": "index\n",
  "www/indexed/index.html.gz": gzipSync("compressed index\n"),
  "www/linked.txt": "plain\n",
  "www/linked.txt.gz": { symlink: "both.txt.gz" },
  "www/large.txt": "x",
  "www/large.txt.gz": Buffer.alloc(200_000, "0123456789"),
  "www/empty.txt": "plain\n",
  "www/empty.txt.gz": "",
};

const GZIP = "Accept-Encoding: gzip";

const accepting = (...targets: readonly string[]): readonly Row[] =>
  targets.map((target) => ({ name: `GET ${target} with gzip`, request: get(target, GZIP) }));
const plain = (...targets: readonly string[]): readonly Row[] => targets.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "gzip_static",
  conf,
  files,
  rows: [
    ...accepting(
      "/both.txt",
      "/plain.html",
      "/lone.txt",
      "/lone.txt.gz",
      "/directory.txt",
      "/indexed/",
      "/indexed",
      "/linked.txt",
      "/large.txt",
    ),
    ...accepting("/empty.txt", "/none.txt", "/both.txt/", "/vary/both.txt", "/vary/plain.html", "/vary/directory.txt", "/vary/lone.txt"),
    ...accepting("/off/both.txt", "/off/lone.txt", "/always/both.txt", "/always/lone.txt", "/always/plain.html", "/no-etag/both.txt"),
    ...accepting("/both/both.txt"),
    ...plain("/both.txt", "/lone.txt", "/vary/both.txt", "/vary/plain.html", "/vary/lone.txt", "/vary/directory.txt", "/off/both.txt"),
    ...plain("/always/both.txt", "/always/lone.txt", "/always/directory.txt", "/both/both.txt", "/both/plain.html", "/indexed/"),
    ...["gzip;q=0", "gzip;q=0.5", "br, gzip", "deflate", "*", "x-gzip", "GZIP", ""].map((codings) => ({
      name: `Accept-Encoding: ${codings}`,
      request: get("/both.txt", `Accept-Encoding: ${codings}`),
    })),
    ...["/both.txt", "/proxied/both.txt", "/auth/both.txt", "/no_etag/both.txt"].map((target) => ({
      name: `${target} through a proxy`,
      request: get(target, GZIP, "Via: 1.1 proxy"),
    })),
    { name: "an authorized request through a proxy", request: get("/auth/both.txt", GZIP, "Via: 1.1 proxy", "Authorization: Basic YTpi") },
    {
      name: "a file that is compressed on its way where it does not lie so",
      request: get("/both/plain.html", GZIP),
      compare: { fields: ["Content-Encoding", "Vary", "ETag"], body: false },
    },
    { name: "HTTP/1.0", request: `GET /both.txt HTTP/1.0\r\nHost: localhost\r\n${GZIP}\r\n\r\n` },
    { name: "HTTP/1.0 where that may have it", request: `GET /http10/both.txt HTTP/1.0\r\nHost: localhost\r\n${GZIP}\r\n\r\n` },
    { name: "a browser that is left out", request: get("/disabled/both.txt", GZIP, "User-Agent: Old/1") },
    { name: "a browser that is not left out", request: get("/disabled/both.txt", GZIP, "User-Agent: New/1") },
    { name: "HEAD of a compressed file", request: request("HEAD", "/both.txt", GZIP) },
    { name: "HEAD of a large compressed file", request: request("HEAD", "/large.txt", GZIP) },
    { name: "POST to a compressed file", request: request("POST", "/both.txt", GZIP, "Content-Length: 0") },
    { name: "a range of a compressed file", request: get("/both.txt", GZIP, "Range: bytes=0-3") },
    { name: "a range of a large compressed file", request: get("/large.txt", GZIP, "Range: bytes=150000-150009") },
    { name: "an impossible range of a compressed file", request: get("/vary/both.txt", GZIP, "Range: bytes=9999-") },
    { name: "a compressed file that is known", request: get("/vary/both.txt", GZIP, "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT") },
    { name: "a failed condition on a compressed file", request: get("/both.txt", GZIP, 'If-Match: "other"') },
    { name: "a plain file that is known", request: get("/vary/both.txt", "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT") },
  ],
});
