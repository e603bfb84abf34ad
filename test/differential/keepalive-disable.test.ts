/** keepalive_disable: browsers whose connections are not kept. */

import { get, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    location / { return 200 "ok\\n"; }
    location /none { keepalive_disable none; return 200 "ok\\n"; }
    location /safari { keepalive_disable safari; return 200 "ok\\n"; }
    location /both { keepalive_disable msie6 safari; return 200 "ok\\n"; }
  }
}`;

const BROWSERS = [
  "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)",
  "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)",
  "Mozilla/4.0 (compatible; MSIE 5.5; Windows NT 5.1)",
  "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 5.1)",
  "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1) Opera 8",
  "Mozilla/5.0 (Macintosh; U; PPC Mac OS X; en) AppleWebKit/125.2 (KHTML, like Gecko) Safari/125.8",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X) AppleWebKit/537 (KHTML, like Gecko) Chrome/120 Safari/537",
  "Mozilla/5.0 (Windows NT 10.0) Safari/537",
  "MSIE 6.",
  "curl/8",
];

const rows: readonly Row[] = ["/", "/none", "/safari", "/both"].flatMap((target) =>
  BROWSERS.flatMap((browser) => [
    { name: `GET ${target} by ${browser}`, request: get(target, `User-Agent: ${browser}`) },
    { name: `POST ${target} by ${browser}`, request: withContent("POST", target, "x", `User-Agent: ${browser}`) },
  ]),
);

compareRows({ name: "keepalive_disable", conf, rows });
