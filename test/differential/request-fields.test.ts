/** Field lines of a request: which are kept, joined, dropped or refused, and what Content-Length and Transfer-Encoding may say. */

import { get, head, request, withContent, withFields } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    location / { return 200 "a=[$http_x_a] b=[$http_x_b] cl=[$content_length] ct=[$content_type] ck=[$cookie_k] ua=[$http_user_agent] aa=[$arg_a]\\n"; }
    location /length { return 200 "$request_length"; }
    location /content { return 200 "answered\n"; }
    location /static/ { root %%DIR%%/www; }
  }
  server { listen 127.0.0.1:%%PORT%%; server_name underscores.test; underscores_in_headers on; return 200 "[$http_x_a]\\n"; }
  server { listen 127.0.0.1:%%PORT%%; server_name invalid.test; ignore_invalid_headers off; return 200 "[$http_x_a]\\n"; }
}`;

const HOST = "Host: localhost";
const lines = (...list: readonly string[]): readonly Row[] =>
  list.map((line) => ({ name: `field line ${JSON.stringify(line)}`, request: head("GET / HTTP/1.1", HOST, line) }));
const strict = (slug: string, ...list: readonly string[]): readonly Row[] =>
  lines(...list).map((row) => ({ ...row, differs: slug, ours: 400 }));
const framings = (...list: readonly (readonly string[])[]): readonly Row[] =>
  list.map((fields) => ({ name: `POST with ${JSON.stringify(fields)}`, request: head("POST / HTTP/1.1", HOST, ...fields) }));
const chunked = (name: string, content: string): Row => ({
  name,
  request: head("POST /content HTTP/1.1", HOST, "Transfer-Encoding: chunked") + content,
});

compareRows({
  name: "request fields",
  conf,
  files: { "www/static/a.txt": "static" },
  rows: [
    ...["X-A:1", "X-A: 1", "X-A:   1  ", "X-A", "X-A:", "X A: dropped", "Cookie:  k = 4 "].map((line) => ({
      name: `$request_length with ${JSON.stringify(line)}`,
      request: head("GET /length HTTP/1.1", HOST, line),
    })),
    { name: "$request_length without CR", request: "GET /length HTTP/1.1\nHost: localhost\n\n" },
    { name: "$request_length behind empty lines", request: `\r\n\r\n${head("GET /length HTTP/1.1", HOST)}` },
    { name: "$request_length in HTTP/0.9", request: "GET /length\r\n" },
    { name: "$request_length of a second request", request: get("/content") + get("/length", "X-A:1"), answers: 2 },
    { name: "$request_length in pieces", request: ["GET /length HT", 20, "TP/1.1\r\nHo", 20, "st: localhost\r\nX-A:1\r\n\r", 20, "\n"] },
    ...lines(
      "X-A: 1",
      "x-a: 1",
      "X-A:1",
      "X-A:  1  ",
      "X-A:",
      "X-A: ",
      "X-A: a b",
      "X-A: a:b",
      'X-A: "q"',
      "X-A: caf\xe9",
      "X-A:\t1",
      "X-A: 1\t",
      "X-A: a\tb",
    ),
    ...lines(
      "X_A: 1",
      "X.A: 1",
      "X A: 1",
      "X-A : 1",
      " X-A: 1",
      "\tX-A: 1",
      ": 1",
      "X-A",
      "X-A\t: 1",
      "X-A: 1\r\n 2",
      "X-A: 1\r\n\t2",
      "X-A: a\0b",
      "X\0-A: 1",
    ),
    ...lines(
      "X-\xe9: 1",
      "X@A: 1",
      '"X-A": 1',
      "X-A: a\rb",
      "X/A: 1",
      "-: 1",
      "1: 1",
      "Cookie: k=1",
      "Cookie: a=b; k=2; k=3",
      "Cookie: K=1",
      "User-Agent: x",
    ),
    ...strict("control-characters-in-fields", "X-A: a\x01b", "X-A: a\x7fb", "X-A: \x1b[2J", "X-A: a\x0bb"),
    { name: "CR CR LF after a field line", request: `GET / HTTP/1.1\r\n${HOST}\r\nX-A: 1\r\r\n\r\n`, differs: "cr-cr-lf", ours: 400 },
    { name: "LF after a field line", request: `GET / HTTP/1.1\r\n${HOST}\nX-A: 1\nX-B: 2\r\n\n` },
    { name: "two Cookie lines", request: get("/", "Cookie: a=1", "Cookie: k=2") },
    { name: "a repeated field", request: get("/", "X-A: 1", "X-A: 2"), differs: "repeated-request-fields", ours: 200 },
    { name: "a repeated User-Agent", request: get("/", "User-Agent: 1", "User-Agent: 2"), differs: "repeated-request-fields", ours: 200 },
    { name: "underscores_in_headers on", request: withFields("Host: underscores.test", "X_A: 1") },
    { name: "underscores_in_headers on and both spellings", request: withFields("Host: underscores.test", "X-A: 2") },
    { name: "underscores before the Host field", request: withFields("X_A: 1", "Host: underscores.test") },
    { name: "ignore_invalid_headers off", request: withFields("Host: invalid.test", "X@B: 1", "X-A: 2") },
    { name: "ignore_invalid_headers off and an underscore", request: withFields("Host: invalid.test", "X_A: 1") },
    { name: "a hundred fields", request: get("/", ...Array.from({ length: 100 }, (_, index) => `X-${index}: ${index}`), "X-A: last") },
    ...framings(
      ["Content-Length: 0"],
      ["Content-Length: +0"],
      ["Content-Length: -1"],
      ["Content-Length: 0x0"],
      ["Content-Length: 0, 0"],
      ["Content-Length:"],
    ),
    ...framings(
      ["Content-Length: 0", "Content-Length: 0"],
      ["Content-Length: 0", "Content-Length: 1"],
      ["Content-Length: 00"],
      ["Content-Length: 0 "],
      ["Content-Length: a"],
    ),
    ...framings(
      ["Content-Length: 99999999999999999999"],
      ["Content-Length: 9223372036854775808"],
      ["Content-Length: 1 1"],
      ["Content_Length: 5"],
      ["Content-Length: 1e1"],
    ),
    ...framings(
      ["Transfer-Encoding: chunked", "Content-Length: 0"],
      ["Content-Length: 0", "Transfer-Encoding: chunked"],
      ["Transfer-Encoding: gzip"],
    ),
    ...framings(
      ["Transfer-Encoding: gzip, chunked"],
      ["Transfer-Encoding: chunked, chunked"],
      ["Transfer-Encoding: identity"],
      ["Transfer-Encoding:"],
    ),
    ...framings(
      ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
      ["Transfer-Encoding: xchunked"],
      ["Transfer-Encoding: chunked;a"],
      ["Transfer-Encoding : chunked"],
    ),
    { name: "Transfer-Encoding in HTTP/1.0", request: `${head("POST / HTTP/1.0", HOST, "Transfer-Encoding: chunked")}0\r\n\r\n` },
    { name: "CHUNKED in capitals", request: `${head("POST /content HTTP/1.1", HOST, "Transfer-Encoding: CHUNKED")}0\r\n\r\n` },
    { name: "a GET with content", request: withContent("GET", "/", "abc") },
    { name: "a HEAD with content", request: withContent("HEAD", "/", "abc") },
    { name: "a POST with content", request: withContent("POST", "/", "a=1", "Content-Type: application/x-www-form-urlencoded") },
    { name: "a POST with content to a static file", request: withContent("POST", "/static/a.txt", "abc") },
    { name: "a GET with content of a static file", request: withContent("GET", "/static/a.txt", "abc") },
    chunked("chunked content", "3\r\nabc\r\n0\r\n\r\n"),
    chunked("chunk sizes in hex of both cases", "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"),
    chunked("a chunk extension", "3;x=y\r\nabc\r\n0\r\n\r\n"),
    chunked("a trailer field", "0\r\nX-Trailer: 1\r\n\r\n"),
    chunked("a chunk size of no digits", "\r\nabc\r\n0\r\n\r\n"),
    chunked("a chunk size that is no hex", "xyz\r\nabc\r\n0\r\n\r\n"),
    chunked("a negative chunk size", "-3\r\nabc\r\n0\r\n\r\n"),
    chunked("a chunk size past 64 bits", "ffffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    chunked("a chunk longer than its size", "2\r\nabc\r\n0\r\n\r\n"),
    {
      name: "an Expect of 100-continue",
      request: [request("POST", "/static/a.txt", "Expect: 100-continue", "Content-Length: 3"), /HTTP/, "abc"],
    },
    { name: "an Expect in HTTP/1.0", request: `${head("POST / HTTP/1.0", HOST, "Expect: 100-continue", "Content-Length: 3")}abc` },
    { name: "an unknown Expect", request: withContent("POST", "/", "abc", "Expect: 200-maybe") },
  ],
});
