/** How a request target becomes a URI: dots, slashes, escapes, controls, 8-bit bytes, queries and fragments. */

import { head } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    location / { return 200 "[$uri] [$request_uri] [$args] [$is_args] [$document_uri]\\n"; }
    location /redirect { return 302 $uri; }
  }
  server {
    listen 127.0.0.1:%%PORT_UNMERGED%%;
    merge_slashes off;
    location / { return 200 "[$uri]\\n"; }
    location /a//b { return 200 "two [$uri]\\n"; }
  }
}`;

const targets = (...list: readonly string[]): readonly Row[] =>
  list.map((target) => ({ name: JSON.stringify(target), request: head(`GET ${target} HTTP/1.1`, "Host: localhost") }));
const unmerged = (...list: readonly string[]): readonly Row[] =>
  list.map((target) => ({
    name: `merge_slashes off: ${JSON.stringify(target)}`,
    request: head(`GET ${target} HTTP/1.1`, "Host: localhost"),
    portName: "UNMERGED",
  }));

compareRows({
  name: "request target",
  conf,
  rows: [
    ...targets(
      "/.",
      "/..",
      "/./",
      "/../",
      "/a/..",
      "/a/../",
      "/a/../..",
      "/a/../../",
      "/a/./b",
      "/a/.",
      "/a/b/../c",
      "/a/b/../../c",
      "/...",
      "/.../a",
    ),
    ...targets(
      "/a..b",
      "/..a",
      "/a..",
      "/a/...",
      "/.a",
      "/a./b",
      "/a/..b",
      "/a/.b/",
      "//",
      "///",
      "//a",
      "/a//",
      "/a//b",
      "/a///b//c",
      "//../a",
    ),
    ...targets(
      "/a//../b",
      "/a/..//b",
      "/%2e",
      "/%2e%2e",
      "/a/%2e%2e/b",
      "/a/%2E./b",
      "/a/.%2e/b",
      "/a/%2e/b",
      "/a%2f..%2fb",
      "/a%2f%2e%2e%2f%2e%2e",
    ),
    ...targets(
      "/%2f",
      "/%2F%2Fa",
      "/a%2Fb",
      "/a%5cb",
      "/a\\b",
      "/a\\..\\b",
      "/%61",
      "/%6",
      "/%",
      "/%zz",
      "/%0",
      "/a%",
      "/a%2",
      "/%25",
      "/%2525",
      "/%252e%252e/",
    ),
    ...targets(
      "/%00",
      "/a%00b",
      "/%01",
      "/%7f",
      "/%ff",
      "/%c3%a9",
      "/%0a",
      "/%0d%0aX:y",
      "/%20",
      "/a%20b",
      "/a+b",
      "/%2b",
      "/%3f",
      "/%3Fa=b",
      "/%23",
      "/%23a?b",
    ),
    ...targets(
      "/a?",
      "/a??",
      "/a?b",
      "/a?b?c",
      "/a?%00",
      "/a?%zz",
      "/a?../..",
      "/a?b#c",
      "/a#b",
      "/#",
      "/a#b?c",
      "/?",
      "/??",
      "?a",
      "/a?b=c&d=e;f",
      "/a;b=c",
      "/a;/../b",
    ),
    ...targets(
      "/caf\xe9",
      "/\xff",
      "/a\x80b?\x81",
      '/"',
      "/<>",
      "/{}",
      "/|",
      "/^",
      "/`",
      "/a:b",
      "/a@b",
      "/a,b",
      "/a'b",
      "/~a",
      "/$a",
      "/a=b",
      "/*",
      "*",
    ),
    ...targets("a", "a/b", "", "/a\tb", "/a\x01b", "/a\x7fb", "/a\x00b", "/a?b\x01", "/a?\x7f"),
    ...targets("/redirect", "/redirect/%20x", "/redirect/caf%c3%a9", "/redirect/%3fx", '/redirect/"<>'),
    {
      name: "an escaped line end in a redirect",
      request: head("GET /redirect/%0d%0aX:y HTTP/1.1", "Host: localhost"),
      differs: "line-ends-in-redirects",
      ours: 302,
    },
    ...unmerged("//", "//a", "/a//b", "/a//b/", "/a///b", "/a/b", "/a//../b", "/a//b/..", "/a/.//b"),
  ],
});
