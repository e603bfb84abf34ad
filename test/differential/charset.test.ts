/** charset: which answers are given a charset, which are recoded, and how. */

import { startOrigin } from "../harness/origin.ts";
import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  types { text/html html; text/plain txt; text/css css; }
  charset_map latin1 utf-8 { E9 C3A9; 80 E282AC; }
  charset_map koi8-r latin1 { C1 E9; 5C 2F; }
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    charset latin1;
    location / { }
    location /types/ { alias %%DIR%%/www/; charset_types text/css; }
    location /off/ { alias %%DIR%%/www/; charset off; }
    location /variable/ { alias %%DIR%%/www/; charset $arg_to; source_charset $arg_from; }
    location /to-utf8/ { alias %%DIR%%/www/; source_charset latin1; charset utf-8; }
    location /from-utf8/ { alias %%DIR%%/www/; source_charset utf-8; charset latin1; }
    location /bytes/ { alias %%DIR%%/www/; source_charset koi8-r; charset latin1; }
    location /same/ { alias %%DIR%%/www/; source_charset LATIN1; }
    location /if { if ($arg_c) { charset utf-8; return 200 "in"; } return 200 "out"; }
    location /error { return 404; }
    location /parameters { default_type "text/html; charset=foo"; return 200 x; }
    location /parameters-overridden { default_type "text/html; charset=foo"; override_charset on; return 200 x; }
    ${[201, 204, 301, 302, 303, 307, 500].map((code) => `location = /code/${code} { return ${code} ${code > 300 && code < 309 ? "/x" : ""}; }`).join("\n    ")}
    location /kept/ { proxy_pass http://127.0.0.1:%%ORIGIN%%/; }
    location /recoded/ { source_charset koi8-r; proxy_pass http://127.0.0.1:%%ORIGIN%%/; }
    location /overridden/ { override_charset on; proxy_pass http://127.0.0.1:%%ORIGIN%%/; }
  }
}`;

const ANSWERS: Readonly<Record<string, string>> = {
  "/none": "Content-Type: text/html\r\n",
  "/utf8": "Content-Type: text/html; charset=UTF-8\r\n",
  "/quoted": 'Content-Type: text/css; charset="koi8-r"\r\n',
  "/unknown": "Content-Type: text/html; charset=unknown\r\n",
  "/other": "Content-Type: text/html; other=1\r\n",
  "/coded": "Content-Type: text/html\r\nContent-Encoding: deflate\r\n",
  "/typeless": "",
};

const BODY = "a\\ \xc3\xa9 \xe2\x82\xac \xc1";

const targets = (...list: readonly string[]): readonly Row[] => list.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "charset",
  conf,
  files: {
    "www/latin1.txt": "\xe9 \x80 \xff \\ plain\n",
    "www/utf8.html": "\xc3\xa9 \xe2\x82\xac \xc3\xa8 \xf0\x9f\x98\x80 plain \x80.\xc1.\n",
    "www/style.css": "\xe9",
    "www/broken.txt": "a\xe2\x82<b",
    "www/large.txt": "\xc1\xe9".repeat(150_000),
    "www/half.txt": "a \xc3",
  },
  origins: async () => {
    const origin = await startOrigin(({ target }) => `HTTP/1.1 200 OK\r\n${ANSWERS[target]}Content-Length: ${BODY.length}\r\n\r\n${BODY}`);
    return { values: { ORIGIN: origin.port }, stop: origin.stop };
  },
  claims: [],
  rows: [
    ...targets("/latin1.txt", "/style.css", "/types/style.css", "/types/latin1.txt", "/off/latin1.txt"),
    ...targets("/variable/latin1.txt?to=x-made&from=x-made", "/variable/latin1.txt?to=utf-8&from=latin1"),
    ...targets("/variable/latin1.txt?to=UTF-8&from=Latin1", "/variable/latin1.txt?to=x-made&from=latin1"),
    ...targets(
      "/to-utf8/latin1.txt",
      "/to-utf8/style.css",
      "/from-utf8/utf8.html",
      "/from-utf8/half.txt",
      "/bytes/latin1.txt",
      "/same/latin1.txt",
    ),
    ...targets("/if", "/if?c=1", "/error", "/missing", "/parameters", "/parameters-overridden"),
    ...[201, 204, 301, 302, 303, 307, 500].flatMap((code) => targets(`/code/${code}`)),
    ...Object.keys(ANSWERS).flatMap((target) => targets(`/kept${target}`, `/overridden${target}`)),
    ...targets("/recoded/none", "/recoded/utf8", "/recoded/quoted", "/recoded/coded"),
    { name: "a charset that is empty", request: get("/variable/latin1.txt"), differs: "empty-charsets", ours: 200 },
    { name: "a sequence that breaks off", request: get("/from-utf8/broken.txt"), differs: "broken-utf-8" },
    { name: "HEAD of a recoded file", request: request("HEAD", "/to-utf8/latin1.txt") },
    { name: "a range of what keeps its length", request: get("/bytes/latin1.txt", "Range: bytes=0-3") },
    { name: "a large file", request: get("/bytes/large.txt") },
    { name: "ranges of a large file", request: get("/bytes/large.txt", "Range: bytes=70000-70003,200000-200001") },
    { name: "a large file to UTF-8", request: get("/to-utf8/large.txt") },
    { name: "a range of what does not", request: get("/to-utf8/latin1.txt", "Range: bytes=0-3") },
    { name: "several ranges", request: get("/latin1.txt", "Range: bytes=0-0,2-2") },
    { name: "304", request: get("/latin1.txt", "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT") },
  ],
});
