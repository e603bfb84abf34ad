/** uwsgi_pass against a uwsgi server that answers with the packet it got, and the answers it gets back. */

import { echoPacket, startFakeUwsgi, type UwsgiAnswer, type UwsgiRequest } from "../harness/fake-uwsgi.ts";
import { varOf } from "../harness/uwsgi-packet.ts";
import { get, head, request, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const ANSWERS: Readonly<Record<string, UwsgiAnswer>> = {
  "/a/status-line": "HTTP/1.1 404 Gone Fishing\r\nContent-Type: text/plain\r\n\r\nnone",
  "/a/status-field": "Status: 201 Made\r\nContent-Type: text/plain\r\n\r\nmade",
  "/a/no-status": "Content-Type: text/plain\r\n\r\nplain",
  "/a/location": "Location: /elsewhere\r\n\r\n",
  "/a/empty": "",
  "/a/reset": "reset",
  "/a/cut": "HTTP/1.1 200 OK\r\nContent-Ty",
  "/a/bad": "HTTP/1.1 200 OK\r\nX A: 1\r\n\r\nx",
  "/a/short": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
  "/a/long": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nlonger",
  "/a/split": ["HT", "TP/1.1 200 O", "K\r\nX-A: 1\r", "\n\r", "\nbody"],
  "/a/cookies": "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nServer: app\r\nContent-Length: 0\r\n\r\n",
  "/a/accel": "HTTP/1.1 200 OK\r\nX-Accel-Redirect: /internal/file.txt\r\nContent-Type: text/x-own\r\n\r\nunseen",
  "/a/chunked": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
};

const PARAMS = [
  "QUERY_STRING $query_string",
  "REQUEST_METHOD $request_method",
  "CONTENT_TYPE $content_type",
  "CONTENT_LENGTH $content_length",
];
const MORE_PARAMS = ["REQUEST_URI $request_uri", "PATH_INFO $document_uri", "SERVER_PROTOCOL $server_protocol", "REMOTE_ADDR $remote_addr"];
const params = [...PARAMS, ...MORE_PARAMS, "HTTP_HOST $host"].map((param) => `uwsgi_param ${param};`).join(" ");

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    add_header X-Location server;
    ${params}
    location / { uwsgi_pass 127.0.0.1:%%UWSGI%%; }
    location /scheme/ { uwsgi_pass uwsgi://127.0.0.1:%%UWSGI%%; }
    location /modifiers/ { uwsgi_modifier1 5; uwsgi_modifier2 7; uwsgi_pass 127.0.0.1:%%UWSGI%%; }
    location /own/ { uwsgi_param A $arg_a; uwsgi_param B $arg_b if_not_empty; uwsgi_param HTTP_X_GONE ""; uwsgi_param HTTP_HOST fixed; uwsgi_pass 127.0.0.1:%%UWSGI%%; }
    location /rewritten/ { rewrite ^/rewritten/(.*)$ /new/$1?added=1 break; uwsgi_pass 127.0.0.1:%%UWSGI%%; }
    location /dead/ { uwsgi_pass 127.0.0.1:%%PORT_DEAD%%; }
    location /hidden/ { uwsgi_hide_header Set-Cookie; rewrite ^/hidden(.*)$ /a$1 break; uwsgi_pass 127.0.0.1:%%UWSGI%%; }
    location /intercepted/ { uwsgi_intercept_errors on; error_page 404 /internal/file.txt; rewrite ^/intercepted(.*)$ /a$1 break; uwsgi_pass 127.0.0.1:%%UWSGI%%; }
    location /internal/ { internal; alias %%DIR%%/www/; }
  }
}`;

const targets = (...list: readonly string[]): readonly Row[] => list.map((target) => ({ name: `GET ${target}`, request: get(target) }));
const HOST = "Host: localhost";

function answer(packet: UwsgiRequest): UwsgiAnswer {
  return ANSWERS[varOf(packet, "PATH_INFO") ?? ""] ?? echoPacket(packet);
}

compareRows({
  name: "uwsgi_pass",
  conf,
  files: { "www/file.txt": "file\n" },
  origins: async () => {
    const uwsgi = await startFakeUwsgi(answer);
    return { values: { UWSGI: uwsgi.port }, stop: uwsgi.stop };
  },
  rows: [
    ...targets(
      "/",
      "/x?a=b",
      "/a%20b//c/../d?e",
      "/caf%c3%a9",
      "/scheme",
      "/scheme/x",
      "/modifiers/",
      "/own/x?a=1&b=2",
      "/own/x",
      "/rewritten/x?orig=1",
      "/dead/x",
    ),
    ...targets(
      "/a/status-line",
      "/a/status-field",
      "/a/no-status",
      "/a/location",
      "/a/empty",
      "/a/reset",
      "/a/cut",
      "/a/bad",
      "/a/short",
      "/a/long",
      "/a/split",
    ),
    ...targets("/a/cookies", "/hidden/cookies", "/a/accel", "/intercepted/status-line"),
    {
      name: "fields become vars in order",
      request: get("/", "X-B: 2", "x-a: 1", "Cookie: c=d", "Content-Type: text/plain", "X_Dropped: 1", "X-Empty:"),
    },
    { name: "a param takes the place of a field", request: get("/own/x", "X-Gone: client", "X-Kept: 1") },
    { name: "POST with content", request: withContent("POST", "/p", "a=1", "Content-Type: application/x-www-form-urlencoded") },
    { name: "POST with empty content", request: withContent("POST", "/p", "") },
    { name: "content in parts", request: [head("POST /p HTTP/1.1", HOST, "Content-Length: 6"), 20, "abc", 20, "def"] },
    { name: "HEAD", request: request("HEAD", "/a/status-line") },
    { name: "an HTTP/1.0 client", request: head("GET /a/no-status HTTP/1.0", HOST) },
    {
      name: "chunked content has a length and no Transfer-Encoding",
      request: `${head("POST /p HTTP/1.1", HOST, "Transfer-Encoding: chunked")}3\r\nabc\r\n0\r\n\r\n`,
      differs: "transfer-encoding-var",
      ours: 200,
    },
    { name: "the Proxy field is not sent", request: get("/", "Proxy: http://evil.test/"), differs: "proxy-field", ours: 200 },
    {
      name: "repeated fields are joined",
      request: get("/", "X-A: 1", "X-A: 2", "Cookie: a=1", "Cookie: b=2"),
      differs: "repeated-request-fields",
      ours: 200,
    },
    { name: "a chunked answer is decoded", request: get("/a/chunked"), differs: "chunked-from-uwsgi", ours: 200 },
  ],
});
