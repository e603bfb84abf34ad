/** What becomes of a connection: keep-alive, close, pipelining, and content nobody asked for. */

import { get, head, request, withContent } from "./requests.ts";
import { compareRows } from "./run-rows.ts";

const conf = `
http {
  keepalive_requests 5;
  server {
    listen 127.0.0.1:%%PORT%%;
    location / { return 200 "$uri $connection_requests\\n"; }
    location /static/ { root %%DIR%%/www; }
    location /missing/ { root %%DIR%%/www; }
    location /no-keepalive { keepalive_timeout 0; return 200 "once\\n"; }
    location /advertised { keepalive_timeout 30s 15s; return 200 "advertised\\n"; }
    location /bad { return 400; }
    location /large { return 413; }
    location /error { return 500; }
    location /unavailable { return 503; }
    location /moved { return 301 /; }
    location /silent { return 444; }
  }
}`;

const HOST = "Host: localhost";
const close = "Connection: close";

compareRows({
  name: "connection",
  conf,
  files: { "www/static/a.txt": "static\n" },
  rows: [
    { name: "HTTP/1.1 is kept", request: get("/") },
    { name: "HTTP/1.1 with close", request: get("/", close) },
    { name: "HTTP/1.1 with CLOSE", request: get("/", "Connection: CLOSE") },
    { name: "HTTP/1.1 with close in a list", request: get("/", "Connection: foo, close") },
    { name: "HTTP/1.1 with keep-alive and close", request: get("/", "Connection: keep-alive, close") },
    { name: "HTTP/1.1 with two Connection fields", request: get("/", "Connection: keep-alive", close) },
    { name: "HTTP/1.0 is closed", request: head("GET / HTTP/1.0", HOST) },
    { name: "HTTP/1.0 with keep-alive", request: head("GET / HTTP/1.0", HOST, "Connection: keep-alive") },
    { name: "HTTP/1.0 with Keep-Alive", request: head("GET / HTTP/1.0", HOST, "Connection: Keep-Alive") },
    { name: "HTTP/1.0 with keep-alive in a list", request: head("GET / HTTP/1.0", HOST, "Connection: keep-alive, foo") },
    { name: "HTTP/1.2 is kept", request: head("GET / HTTP/1.2", HOST) },
    { name: "keepalive_timeout 0", request: get("/no-keepalive") },
    { name: "the second argument of keepalive_timeout", request: get("/advertised") },
    { name: "a file after keep-alive of HTTP/1.0", request: head("GET /static/a.txt HTTP/1.0", "Connection: keep-alive") },
    { name: "a 404 is kept", request: get("/missing/x") },
    { name: "a 301 is kept", request: get("/moved") },
    { name: "a 400 closes", request: get("/bad") },
    { name: "a 413 closes", request: get("/large") },
    { name: "a 500 closes", request: get("/error") },
    { name: "a 503 is kept", request: get("/unavailable") },
    { name: "a 405 of a file is kept", request: request("POST", "/static/a.txt", "Content-Length: 0") },
    { name: "444 closes without an answer", request: get("/silent") },
    { name: "two requests pipelined", request: get("/1") + get("/2"), answers: 2 },
    { name: "five requests pipelined reach keepalive_requests", request: [1, 2, 3, 4, 5, 6].map((n) => get(`/${n}`)).join(""), answers: 5 },
    { name: "HEAD and GET pipelined", request: request("HEAD", "/static/a.txt") + get("/2"), answers: 2 },
    { name: "what follows a close is discarded", request: get("/1", close) + get("/2") },
    { name: "what follows HTTP/1.0 is discarded", request: head("GET /1 HTTP/1.0", HOST) + get("/2") },
    { name: "an empty line between two requests", request: `${get("/1")}\r\n${get("/2")}`, answers: 2 },
    { name: "a bad request after a good one", request: `${get("/1")}nonsense\r\n\r\n`, answers: 2 },
    { name: "a bad framing after a good request", request: get("/1") + head("POST / HTTP/1.1", HOST, "Content-Length: x"), answers: 2 },
    { name: "an error page in a pipeline", request: get("/missing/x") + get("/2"), answers: 2 },
    {
      name: "content of a return is skipped before the next request",
      request: withContent("POST", "/", "GET /x HTTP/1.1\r\n\r\n") + get("/2"),
      answers: 2,
    },
    { name: "content of a file's GET is skipped", request: withContent("GET", "/static/a.txt", "0123456789") + get("/2"), answers: 2 },
    {
      name: "chunked content is skipped before the next request",
      request: `${head("POST / HTTP/1.1", HOST, "Transfer-Encoding: chunked")}5\r\nhello\r\n0\r\n\r\n${get("/2")}`,
      answers: 2,
    },
    { name: "a pipeline split in the middle of a head", request: [`${get("/1")}GET /2 HT`, 20, `TP/1.1\r\n${HOST}\r\n\r\n`], answers: 2 },
    { name: "requests one after the other", request: [get("/1"), / 1\n$/, get("/2"), / 2\n$/, get("/3")], answers: 3 },
    { name: "our side closed after two requests", request: get("/1") + get("/2"), answers: 2, halfClose: true },
  ],
});
