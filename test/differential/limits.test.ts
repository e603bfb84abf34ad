/** Limits of a request: client_max_body_size, large_client_header_buffers, and what stands at, below and above them. */

import { get, head, request, withContent, withFields } from "./requests.ts";
import { compareRows } from "./run-rows.ts";

const conf = `
http {
  client_header_buffer_size 256;
  large_client_header_buffers 3 1k;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    client_max_body_size 10;
    location / { return 200 "ok\\n"; }
    location /file.txt { }
    location = /unlimited { client_max_body_size 0; alias %%DIR%%/www/file.txt; }
    location = /larger { client_max_body_size 1k; alias %%DIR%%/www/file.txt; }
  }
}`;

const HOST = "Host: localhost";
const chunkedPost = (target: string, bytes: number): string =>
  `${head(`POST ${target} HTTP/1.1`, HOST, "Transfer-Encoding: chunked")}${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n0\r\n\r\n`;
/** A request line of exactly that many bytes, its line end included. */
const lineOf = (bytes: number): string => `GET /${"x".repeat(bytes - "GET / HTTP/1.1\r\n".length)} HTTP/1.1`;
/** A field line of exactly that many bytes, its line end included. */
const fieldOf = (bytes: number): string => `X-Long: ${"x".repeat(bytes - "X-Long: \r\n".length)}`;

compareRows({
  name: "limits",
  conf,
  files: { "www/file.txt": "file\n" },
  rows: [
    { name: "content at client_max_body_size", request: withContent("POST", "/file.txt", "x".repeat(10)) },
    { name: "content above client_max_body_size", request: withContent("POST", "/file.txt", "x".repeat(11)) },
    { name: "content above the limit of a file's GET", request: withContent("GET", "/file.txt", "x".repeat(11)) },
    { name: "content above the limit where return answers", request: withContent("POST", "/", "x".repeat(11)) },
    { name: "client_max_body_size 0", request: withContent("POST", "/unlimited", "x".repeat(100)) },
    { name: "a location's larger limit", request: withContent("POST", "/larger", "x".repeat(1024)) },
    { name: "above a location's larger limit", request: withContent("POST", "/larger", "x".repeat(1025)) },
    { name: "chunked content to a return", request: chunkedPost("/", 5) },
    { name: "a huge Content-Length without its content", request: request("POST", "/file.txt", "Content-Length: 1000000000") },
    {
      name: "a Content-Length above the limit with Expect",
      request: request("POST", "/file.txt", "Content-Length: 11", "Expect: 100-continue"),
    },
    { name: "a request line that fits the small buffer", request: head(lineOf(200), HOST) },
    { name: "a request line that needs a large buffer", request: head(lineOf(300), HOST) },
    { name: "a request line at the large buffer", request: head(lineOf(1024), HOST) },
    { name: "a request line past the large buffer", request: head(lineOf(1026), HOST) },
    { name: "a request line far past the large buffer", request: head(lineOf(5000), HOST) },
    { name: "a field that needs a large buffer", request: withFields(HOST, fieldOf(300)) },
    { name: "a field below the large buffer", request: withFields(HOST, fieldOf(1000)) },
    { name: "a field past the large buffer", request: withFields(HOST, fieldOf(1030)) },
    { name: "two fields of nearly a buffer each", request: withFields(HOST, fieldOf(1000), fieldOf(1000)) },
    { name: "more fields than the buffers hold", request: withFields(HOST, fieldOf(900), fieldOf(900), fieldOf(900), fieldOf(900)) },
    { name: "many small fields", request: withFields(HOST, ...Array.from({ length: 60 }, (_, index) => `X-${index}: ${index}`)) },
    { name: "a Host past the large buffer", request: withFields(`Host: ${"h".repeat(1100)}`) },
    { name: "a Cookie past the large buffer", request: get("/", `Cookie: ${"c".repeat(1100)}`) },
    { name: "a field name past the large buffer", request: get("/", `${"n".repeat(1100)}: x`) },
  ],
});
