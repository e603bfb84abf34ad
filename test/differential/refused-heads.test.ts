/** Requests whose heads are refused: whose error page answers, and what is known of them by then. */

import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
events {}
http {
  default_type text/plain;
  large_client_header_buffers 2 1k;
  server {
    listen 127.0.0.1:%%PORT%%;
    error_page 400 405 414 494 501 /page;
    location /page { return 200 "default: $request_method $request_uri $uri $http_x_a\\n"; }
  }
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name named.test;
    error_page 400 =402 /page;
    error_page 405 494 @place;
    error_page 501 http://elsewhere.test/;
    location /page { return 200 "named: $request_method $request_uri $uri $http_x_a $http_x_b $http_host\\n"; }
    location @place { return 203 "place: $request_method $request_uri $uri $args $http_x_a\\n"; }
  }
}`;

const BROKEN: Readonly<Record<string, string>> = {
  "a space in a name": "X A: 1",
  "no name": ": 1",
  "NUL in a name": "X\0: 1",
  "a second Host": "Host: other.test",
  "a Content-Length that is no number": "Content-Length: x",
  "two lengths": "Content-Length: 1\r\nContent-Length: 1",
  "a length beside chunked": "Content-Length: 1\r\nTransfer-Encoding: chunked",
  "an unknown coding": "Transfer-Encoding: gzip",
  "a line that is too long": `X-Long: ${"x".repeat(2000)}`,
  "two fields that may stand once": "If-Modified-Since: a\r\nIf-Modified-Since: b",
};

const FIRST_LINES: readonly string[] = [
  "GET /p%20q?a=b HTTP/1.1",
  "POST /p HTTP/1.1",
  "GET http://named.test/absolute?a HTTP/1.1",
  "GET /p HTTP/1.0",
];

const broken: readonly Row[] = Object.entries(BROKEN).flatMap(([name, lines]) =>
  FIRST_LINES.flatMap((firstLine): Row[] => {
    const before = `${firstLine}\r\nHost: named.test\r\nX-A: 1\r\n${lines}\r\nX-B: 2\r\n\r\n`;
    const behind = `${firstLine}\r\nX-A: 1\r\n${lines}\r\nHost: named.test\r\nX-B: 2\r\n\r\n`;
    return [
      { name: `${name} behind Host, ${firstLine}`, request: before, compare: { close: false } },
      { name: `${name} before Host, ${firstLine}`, request: behind, compare: { close: false } },
    ];
  }),
);

compareRows({
  name: "refused heads",
  conf,
  rows: [
    ...broken,
    { name: "TRACE", request: request("TRACE", "/p?a=b", "X-A: 1").replace(/Host: [^\r]*/, "Host: named.test") },
    { name: "TRACE of nobody's host", request: request("TRACE", "/p?a=b", "X-A: 1") },
    { name: "no Host at all", request: "GET /p HTTP/1.1\r\nX-A: 1\r\n\r\n" },
    { name: "no Host beside an absolute form", request: "GET http://named.test/p HTTP/1.1\r\nX-A: 1\r\n\r\n" },
    { name: "a Host that is none", request: "GET /p HTTP/1.1\r\nX-A: 1\r\nHost: a/b\r\n\r\n" },
    {
      name: "a target that cannot be read is the default server's",
      request: get("/%00").replace(/Host: [^\r]*/, "Host: named.test"),
      compare: { fields: ["Content-Type"], body: false, close: true },
    },
  ],
});
