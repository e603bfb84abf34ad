/** The request line: methods, versions, spaces and line ends. */

import { get, head, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    location / { return 200 "$request_method $uri $server_protocol\\n"; }
    location /static/ { root %%DIR%%/www; }
  }
}`;

const HOST = "Host: localhost";
const methods = (...names: readonly string[]): readonly Row[] =>
  names.map((name) => ({ name: `method ${JSON.stringify(name)}`, request: request(name, "/") }));
const lines = (...list: readonly string[]): readonly Row[] =>
  list.map((line) => ({ name: `line ${JSON.stringify(line)}`, request: head(line, HOST) }));

compareRows({
  name: "request line",
  conf,
  files: { "www/static/a.txt": "static" },
  rows: [
    ...methods(
      "GET",
      "HEAD",
      "POST",
      "PUT",
      "DELETE",
      "OPTIONS",
      "PATCH",
      "MKCOL",
      "COPY",
      "MOVE",
      "PROPFIND",
      "LOCK",
      "UNLOCK",
      "TRACE",
      "CONNECT",
    ),
    ...methods("FOO", "get", "Get", "GE-T", "G_T", "GET1", "G", "AVERYLONGMETHODNAMEINDEED", "", "G\tET", "PRI"),
    ...methods("POST", "PUT", "DELETE", "OPTIONS", "PROPFIND").map((row) => ({
      ...row,
      name: `${row.name} of a static file`,
      request: request(row.name.slice(8, -1), "/static/a.txt"),
    })),
    ...lines(
      "GET / HTTP/1.0",
      "GET / HTTP/1.1",
      "GET / HTTP/1.2",
      "GET / HTTP/1.10",
      "GET / HTTP/1.99",
      "GET / HTTP/2.0",
      "GET / HTTP/0.9",
      "GET / HTTP/3.0",
    ),
    ...lines(
      "GET / HTTP/01.1",
      "GET / HTTP/1.01",
      "GET / HTTP/1",
      "GET / HTTP/1.",
      "GET / HTTP/.1",
      "GET / HTTP/1.1x",
      "GET / http/1.1",
      "GET / HTTX/1.1",
    ),
    ...lines("GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET\t/ HTTP/1.1", "GET /\tHTTP/1.1", " GET / HTTP/1.1", "GET / HTTP/1.1\t"),
    ...lines(
      "GET / HTTP /1.1",
      "GET /a b HTTP/1.1",
      "GET /a HTTP/1.1 b",
      "GET/ HTTP/1.1",
      "GET",
      "GET ",
      "/",
      "GET / HTTP/1.999",
      "GET / HTTP/1.1000",
      "GET / HTTP/9.9",
    ),
    // nginx counts the spaces as part of $server_protocol.
    { name: "spaces after the version", request: head("GET / HTTP/1.1  ", HOST), compare: { fields: [], body: false } },
    { name: "HTTP/0.9", request: "GET /\r\n" },
    { name: "HTTP/0.9 ended by LF", request: "GET /x\n" },
    { name: "HTTP/0.9 of a static file", request: "GET /static/a.txt\r\n" },
    { name: "HTTP/0.9 POST", request: "POST /\r\n" },
    { name: "HTTP/0.9 HEAD", request: "HEAD /\r\n" },
    { name: "one empty line before the request", request: `\r\n${get("/")}` },
    { name: "many empty lines before the request", request: `\r\n\r\n\n\n${get("/")}` },
    { name: "white space before the request", request: `  ${get("/")}` },
    { name: "bare LF as line end", request: `GET / HTTP/1.1\n${HOST}\n\n` },
    { name: "bare LF after the request line only", request: `GET / HTTP/1.1\n${HOST}\r\n\r\n` },
    { name: "bare CR as line end", request: `GET / HTTP/1.1\r${HOST}\r\r` },
    { name: "CR CR LF after the request line", request: `GET / HTTP/1.1\r\r\n${HOST}\r\n\r\n` },
    { name: "NUL in the request line", request: head("GET /\0 HTTP/1.1", HOST) },
    { name: "binary noise", request: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" },
    { name: "an HTTP/2 preface", request: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" },
    { name: "nothing at all", request: "", halfClose: true },
    { name: "an unfinished request line", request: "GET /", halfClose: true },
    { name: "an unfinished head", request: `GET / HTTP/1.1\r\n${HOST}\r\n`, halfClose: true },
    { name: "a request whole, then our side closed", request: get("/"), halfClose: true },
    { name: "the request line byte by byte", request: [..."GET /abc HTTP/1.1\r\n"].flatMap((char) => [char, 1]).concat([head(HOST)]) },
  ],
});
