/** brotli and brotli_static beside ngx_brotli: who is sent which coding, and with which fields. What the bytes unpack to is seen in test/integration. */

import { brotliCompressSync, gzipSync } from "node:zlib";
import { BROTLI_MODULES } from "../harness/start-nginx.ts";
import { get, head, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const PAGE = "<p>hello, hello, hello</p>".repeat(40);

const conf = `
${BROTLI_MODULES.map((path) => `load_module ${path};`).join(" ")}
events {}
http {
  types { text/html html; text/plain txt; text/css css; }
  default_type application/octet-stream;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    brotli on;
    gzip on;
    location / { }
    location /vary/ { alias %%DIR%%/www/; gzip_vary on; }
    location /types/ { alias %%DIR%%/www/; brotli_types text/plain; gzip off; }
    location /every/ { alias %%DIR%%/www/; brotli_types *; }
    location /length/ { alias %%DIR%%/www/; brotli_min_length 2000; }
    location /proxies/ { alias %%DIR%%/www/; gzip_proxied any; gzip_http_version 1.0; }
    location /off/ { alias %%DIR%%/www/; brotli off; }
    location /return { default_type text/html; return 200 "${"a".repeat(100)}"; }
    location /created { default_type text/html; return 201 "${"a".repeat(100)}"; }
    location /forbidden { return 403; }
    location /static/ { alias %%DIR%%/www/; brotli off; brotli_static on; }
    location /static-vary/ { alias %%DIR%%/www/; brotli_static on; gzip_vary on; }
    location /always/ { alias %%DIR%%/www/; brotli_static always; }
    location /both/ { alias %%DIR%%/www/; brotli off; brotli_static on; gzip_static on; gzip_vary on; }
  }
}`;

const files = {
  "www/page.html": PAGE,
  "www/short.html": "short",
  "www/text.txt": PAGE,
  "www/all.css": PAGE,
  "www/all.css.gz": gzipSync("gzip"),
  "www/all.css.br": brotliCompressSync(Buffer.from("brotli")),
  "www/only-br.css.br": brotliCompressSync(Buffer.from("brotli")),
  "www/folder.css.br/": "",
  "www/folder.css": PAGE,
};

const ACCEPTED: readonly string[] = [
  "br",
  "gzip, br",
  "br, gzip",
  "gzip;q=1, br;q=0.1",
  "BR",
  "br;q=0, gzip",
  "br;q=0",
  "br;q=0.000",
  "br;q=0.001",
  "br;q=1.0",
  "br ; q=0.5",
  "br;q=1.1",
  "br;q=2",
  "br;x=1",
  "br;",
  "gzip",
  "identity",
  "brx",
  "xbr",
  "x-br, br",
  "gzip,br",
  "gzip;br",
  "*",
  "br;q=0, *",
  "",
];

const TARGETS: readonly string[] = [
  "/short.html",
  "/text.txt",
  "/types/text.txt",
  "/types/page.html",
  "/every/text.txt",
  "/length/page.html",
  "/off/page.html",
  "/vary/page.html",
  "/vary/text.txt",
  "/vary/short.html",
  "/return",
  "/created",
  "/forbidden",
  "/missing",
  "/static/all.css",
  "/static/only-br.css",
  "/static/folder.css",
  "/static/text.txt",
  "/static-vary/all.css",
  "/static-vary/text.txt",
  "/always/all.css",
  "/always/only-br.css",
  "/always/text.txt",
  "/both/all.css",
  "/both/text.txt",
];

const DIFFERING: ReadonlySet<string> = new Set([
  'to one that accepts "br;q=1.1"',
  'to one that accepts "br;q=2"',
  'to one that accepts "br;x=1"',
  'to one that accepts "br;"',
  '/static-vary/all.css to one that accepts "gzip"',
  '/static-vary/all.css to one that accepts "identity"',
  "to a proxy",
  "in HTTP/1.0",
]);

const rows: readonly Row[] = [
  ...ACCEPTED.map((accepted) => ({
    name: `to one that accepts "${accepted}"`,
    request: get("/page.html", `Accept-Encoding: ${accepted}`),
  })),
  ...TARGETS.flatMap((target) =>
    ["gzip, br", "gzip", "identity"].map((accepted) => ({
      name: `${target} to one that accepts "${accepted}"`,
      request: get(target, `Accept-Encoding: ${accepted}`),
    })),
  ),
  { name: "to a proxy", request: get("/page.html", "Accept-Encoding: br", "Via: 1.1 p") },
  { name: "to a proxy where gzip_proxied is any", request: get("/proxies/page.html", "Accept-Encoding: br", "Via: 1.1 p") },
  { name: "in HTTP/1.0", request: head("GET /page.html HTTP/1.0", "Accept-Encoding: br") },
  { name: "in HTTP/1.0 where gzip_http_version is 1.0", request: head("GET /proxies/page.html HTTP/1.0", "Accept-Encoding: br") },
  { name: "HEAD", request: request("HEAD", "/page.html", "Accept-Encoding: br") },
  { name: "HEAD of a compressed file", request: request("HEAD", "/static/all.css", "Accept-Encoding: br") },
  { name: "a range", request: get("/page.html", "Accept-Encoding: br", "Range: bytes=0-3") },
  { name: "a range of a compressed file", request: get("/static/all.css", "Accept-Encoding: br", "Range: bytes=0-3") },
  { name: "POST to a compressed file", request: request("POST", "/static/all.css", "Accept-Encoding: br", "Content-Length: 0") },
].map((row) => ({ ...row, compare: { body: false }, ...(DIFFERING.has(row.name) ? { differs: "conditions-of-brotli" } : {}) }));

compareRows({ name: "brotli", needs: ["nginx's brotli modules"], conf, files, rows, claims: [/all\.css\.br/, /folder\.css\.br/] });
