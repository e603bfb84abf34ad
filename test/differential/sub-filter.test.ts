/** sub_filter: what is replaced, in which answers, and what becomes of their validators and lengths. */

import { startOrigin } from "../harness/origin.ts";
import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  types { text/html html; text/plain txt; text/css css; }
  sub_filter one ONE;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    location /page.html { }
    location /all/ { alias %%DIR%%/www/; sub_filter one 1; sub_filter two 2; sub_filter_once off; }
    location /once/ { alias %%DIR%%/www/; sub_filter one 1; sub_filter two 2; sub_filter one again; }
    location /variables/ { alias %%DIR%%/www/; sub_filter $arg_from "<$arg_to>"; sub_filter two $uri; }
    location /order/ { alias %%DIR%%/www/; sub_filter tw TW; sub_filter two 2; sub_filter o 0; sub_filter_once off; }
    location /order-back/ { alias %%DIR%%/www/; sub_filter two 2; sub_filter tw TW; sub_filter_once off; }
    location /keeps/ { alias %%DIR%%/www/; sub_filter_last_modified on; sub_filter one 1; }
    location /types/ { alias %%DIR%%/www/; sub_filter_types text/plain; sub_filter one 1; }
    location /any/ { alias %%DIR%%/www/; sub_filter_types *; sub_filter one 1; }
    location /erases/ { alias %%DIR%%/www/; sub_filter "one " ""; sub_filter_once off; }
    location /letters/ { alias %%DIR%%/www/; sub_filter "\xe9t\xe9" summer; sub_filter_once off; }
    location /return { default_type text/html; return 200 "one one"; }
    location /status { default_type text/html; return 404 "one"; }
    location /error { sub_filter Found LOST; return 404; }
    location /redirect { sub_filter moved stays; return 301 /there; }
    location /gzip/ { alias %%DIR%%/www/; gzip on; sub_filter nothing-like-it 1; }
    location /proxied/ { proxy_pass http://127.0.0.1:%%ORIGIN%%; sub_filter one 1; sub_filter </body> "<hr></body>"; sub_filter_once off; }
  }
}`;

const TEXT = "One two, one TWO, oNe tw\n\xe9t\xe9 \xc9T\xc9\n";

const ANSWERS: Readonly<Record<string, string>> = {
  "/proxied/length": 'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=x\r\nETag: "a"\r\nContent-Length: 14\r\n\r\none</body>one\n',
  "/proxied/chunked":
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nLast-Modified: now\r\nTransfer-Encoding: chunked\r\n\r\n4\r\non</\r\n3\r\nbod\r\na\r\ny>x</bodyo\r\n2\r\nne\r\n0\r\n\r\n",
  "/proxied/empty": 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: "a"\r\nContent-Length: 0\r\n\r\n',
  "/proxied/coded": 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: "a"\r\nContent-Encoding: deflate\r\nContent-Length: 3\r\n\r\none',
};

const targets = (...list: readonly string[]): readonly Row[] => list.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "sub_filter",
  conf,
  files: { "www/page.html": TEXT, "www/text.txt": TEXT, "www/style.css": TEXT, "www/empty.html": "", "www/end.html": "one tw" },
  origins: async () => {
    const origin = await startOrigin(({ target }) => ANSWERS[target] ?? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    return { values: { ORIGIN: origin.port }, stop: origin.stop };
  },
  rows: [
    ...targets("/page.html", "/all/page.html", "/all/text.txt", "/all/empty.html", "/all/end.html", "/once/page.html"),
    ...targets("/variables/page.html?from=ONE&to=1", "/variables/page.html", "/order/page.html", "/order-back/page.html"),
    ...targets("/keeps/page.html", "/types/page.html", "/types/text.txt", "/types/style.css", "/any/style.css", "/erases/page.html"),
    ...targets("/letters/page.html", "/return", "/status", "/error", "/redirect"),
    ...targets("/proxied/length", "/proxied/chunked", "/proxied/empty", "/proxied/missing"),
    { name: "an answer that is compressed", request: get("/proxied/coded"), differs: "sub-filter-of-compressed" },
    { name: "a text that ends where a longer one could", request: get("/order-back/end.html"), differs: "sub-filter-at-the-end" },
    { name: "HEAD", request: request("HEAD", "/all/page.html") },
    { name: "a range", request: get("/all/page.html", "Range: bytes=0-3") },
    { name: "a condition on the plain file", request: get("/keeps/page.html", "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT") },
    { name: "the field of gzip", request: get("/gzip/page.html", "Accept-Encoding: gzip"), compare: { body: false } },
  ],
});
