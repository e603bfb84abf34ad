/** What lines of the access log say of requests of all kinds, ordinary, broken, retried, redirected and given up: nginx's values. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import { type Origin, startOrigin } from "../harness/origin.ts";
import type { ExchangeOptions, Step } from "../harness/raw-client.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { temporaryCertificates } from "../harness/temporary-certificates.ts";
import { waitUntil } from "../harness/wait-until.ts";
import { maskText } from "./mask-text.ts";
import { startProxyOrigin } from "./proxy-origin.ts";
import { get, head, request, withContent } from "./requests.ts";

const NAMES =
  "request status request_length connection_requests pipe uri args host server_name server_port request_method request_uri " +
  "request_completion scheme server_protocol content_length content_type is_args query_string document_uri request_filename document_root " +
  "realpath_root remote_addr remote_user binary_remote_addr http_host http_referer http_user_agent http_x_forwarded_for cookie_a arg_b limit_rate " +
  "sent_http_content_type sent_http_content_length sent_http_location sent_http_last_modified " +
  "sent_http_transfer_encoding sent_http_cache_control sent_http_etag sent_trailer_x_a request_body request_body_file " +
  "upstream_addr upstream_status upstream_response_length upstream_bytes_received upstream_connect_time " +
  "upstream_header_time upstream_response_time upstream_cache_status upstream_http_content_type upstream_cookie_a upstream_trailer_x_a " +
  "proxy_host proxy_port proxy_add_x_forwarded_for gzip_ratio https ssl_protocol proxy_protocol_addr " +
  "invalid_referer slice_range secure_link realip_remote_addr uid_got request_time msec time_local time_iso8601 geo_value set_value empty_value";

const certificates = temporaryCertificates();

const conf = `
http {
  log_format all '$remote_addr ${NAMES.split(" ")
    .map((name) => `${name}=[$${name}]`)
    .join(" ")} bytes=$bytes_sent,$body_bytes_sent';
  log_format line '$status $request_uri $uri';
  server_tokens off;
  access_log logs/all.log all;
  keepalive_timeout 60 30;
  client_header_timeout 300ms;
  client_body_timeout 300ms;
  client_header_buffer_size 1k;
  large_client_header_buffers 2 1k;
  geo $geo_value { default ""; }
  map $uri $map_off { default 1; ~zero 0; ~none ""; }
  add_header Cache-Control no-store;
  upstream retried { server 127.0.0.1:1 max_fails=0; server 127.0.0.1:%%ORIGIN%% max_fails=0; }
  upstream dead { server 127.0.0.1:1 max_fails=0; server 127.0.0.1:2 max_fails=0; }
  upstream failing { server 127.0.0.1:%%ORIGIN%% max_fails=0; server 127.0.0.1:%%ORIGIN%% max_fails=0; }
  upstream hanging { server 127.0.0.1:1 max_fails=0; server 127.0.0.1:%%HANGING%% max_fails=0; }
  upstream marked { server 127.0.0.1:1 down; }
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name named.test;
    root %%DIR%%/html;
    set $set_value "";
    set $empty_value $arg_nothing;
    location / { }
    location /return/ { return 200 text; }
    location /drop/ { return 444; }
    location /moved/ { return 301 /elsewhere; }
    location /rewritten/ { rewrite ^ /a.txt?x=y last; }
    location /post/ { proxy_pass http://127.0.0.1:%%ORIGIN%%/; }
    location /origin/ { proxy_pass http://127.0.0.1:%%ORIGIN%%/base/; }
    location /unbuffered/ { proxy_buffering off; proxy_pass http://127.0.0.1:%%ORIGIN%%/base/; }
    location /retried/ { proxy_pass http://retried/base/; }
    location /dead/ { proxy_pass http://dead; }
    location /marked/ { proxy_pass http://marked; }
    location /failing/ { proxy_pass http://failing/base/; proxy_next_upstream http_500 http_503 error; }
    location /handled/ { proxy_pass http://127.0.0.1:%%ORIGIN%%/base/; proxy_intercept_errors on; error_page 404 500 503 = @handled; }
    location @handled { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /given-up/ { proxy_pass http://dead; error_page 502 /a.txt; }
    location /internal/ { internal; alias %%DIR%%/html/; }
    location @named { return 200 named; }
    location /gzip/ { gzip on; gzip_types text/plain; alias %%DIR%%/html/; }
    location /off/ { access_log off; location /off/on { access_log logs/all.log all; return 200 on; } return 200 off; }
    location /if/ { access_log logs/all.log all if=$map_off; return 200 if; }
    location /two/ { access_log logs/all.log all; access_log logs/two.log line; return 200 two; }
    location /if-in/ { if ($arg_quiet) { access_log off; } if ($arg_two) { access_log logs/two.log line; } return 200 x; }
    location /except/ { limit_except GET { deny all; access_log logs/two.log line; } return 200 x; }
    location /auth/ { auth_request /auth-answer; alias %%DIR%%/html/; }
    location /auth-logged/ { auth_request /auth-answer; log_subrequest on; alias %%DIR%%/html/; }
    location = /auth-answer { internal; log_subrequest on; return 204; }
    location = /ssi.shtml { ssi on; ssi_types *; }
    location = /part { return 200 part; }
    location = /part-logged { log_subrequest on; return 200 part; }
    location /hanging-unbuffered/ { proxy_buffering off; proxy_pass http://127.0.0.1:%%HANGING%%; }
    location /hanging/ { proxy_pass http://127.0.0.1:%%HANGING%%; }
    location /hanging-retried/ { proxy_pass http://hanging; }
    location /large { client_max_body_size 4; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
  }
  server {
    listen 127.0.0.1:%%PORT_TLS%% ssl;
    ssl_certificate ${certificates.server.certificate};
    ssl_certificate_key ${certificates.server.key};
    return 200 tls;
  }
}`;

/** nginx remembers for the request what a logged subrequest has read of them. */
const KEPT_OF_SUBREQUESTS: readonly string[] = [
  "request_completion",
  "sent_http_content_type",
  "sent_http_content_length",
  "sent_http_transfer_encoding",
  "sent_http_cache_control",
  "sent_http_last_modified",
  "sent_http_etag",
];

/** A name of its own for each line; how many it makes is 1 unless said. */
interface LogRow extends Pick<ExchangeOptions, "answers" | "halfClose" | "portName" | "timeoutMs"> {
  readonly name: string;
  readonly request: string | readonly Step[];
  readonly lines?: number;
  readonly file?: string;
  /** Values that are nginx's own affair. */
  readonly except?: readonly string[];
}

/** What nginx knows of a request when it gives up reading it depends on how far its parser is. */
const READ_SO_FAR: readonly string[] = [
  "request_length",
  "uri",
  "document_uri",
  "host",
  "request_method",
  "request_uri",
  "server_protocol",
  "request_filename",
  "http_host",
  "content_length",
];

const ROWS: readonly LogRow[] = [
  { name: "a file", request: get("/a.txt?b=1&c", "Cookie: a=2", "Referer: http://r/", "User-Agent: u") },
  { name: "empty fields", request: get("/a.txt?b=", "Cookie: a=", "Referer:", "User-Agent: ", "X-Forwarded-For:") },
  { name: "a referrer with quotes and bytes", request: get('/a.txt?b="\\\xe9', 'Referer: "\\\t\xe9', 'Cookie: a="\\') },
  { name: "HEAD", request: request("HEAD", "/a.txt") },
  { name: "HEAD of nothing", request: request("HEAD", "/none") },
  { name: "304", request: get("/a.txt", "If-Modified-Since: Fri, 01 Mar 2030 00:00:00 GMT") },
  { name: "304 for any tag", request: get("/a.txt", "If-None-Match: *") },
  { name: "412", request: get("/a.txt", 'If-Match: "x"'), except: ["request_completion"] },
  { name: "206", request: get("/a.txt", "Range: bytes=1-2") },
  { name: "206 in parts", request: get("/a.txt", "Range: bytes=0-0,2-2") },
  { name: "416", request: get("/a.txt", "Range: bytes=100-") },
  { name: "404", request: get("/none") },
  { name: "a folder without its slash", request: get("/folder") },
  { name: "405", request: withContent("POST", "/a.txt", "abc", "Content-Type: x/y"), except: ["request_length"] },
  { name: "return", request: get("/return/?a") },
  { name: "return in HTTP/1.0", request: head("GET /return/ HTTP/1.0") },
  { name: "return in HTTP/1.0 that is kept", request: head("GET /return/ HTTP/1.0", "Connection: keep-alive") },
  { name: "return in HTTP/0.9", request: "GET /return/\r\n" },
  { name: "a redirect", request: get("/moved/") },
  { name: "444", request: get("/drop/") },
  { name: "a rewrite", request: get("/rewritten/?b=1") },
  { name: "two requests of a connection", request: get("/return/1") + get("/return/2"), answers: 2, lines: 2 },
  { name: "escapes in the path", request: get("/return/%20%41%00x"), except: READ_SO_FAR },
  { name: "an escaped path", request: get("/return/%20%41/../b?%20") },
  { name: "a path of bytes", request: get("/return/\xe9\x7f"), except: READ_SO_FAR },
  { name: "an absolute target", request: head("GET http://named.test:81/return/?q HTTP/1.1", "Host: other") },
  { name: "an absolute target alone", request: head("GET http://named.test HTTP/1.1", "Host: other") },
  { name: "a Host with a port", request: head("GET /return/ HTTP/1.1", "Host: NAMED.test:8080") },
  { name: "no Host in HTTP/1.0", request: head("GET / HTTP/1.0") },
  { name: "no Host in HTTP/1.1", request: head("GET /return/ HTTP/1.1"), except: READ_SO_FAR },
  { name: "a bad Host", request: head("GET /return/ HTTP/1.1", "Host: a/b"), except: READ_SO_FAR },
  { name: "two Hosts", request: head("GET /return/ HTTP/1.1", "Host: a", "Host: b"), except: READ_SO_FAR },
  { name: "a request line that is none", request: "nonsense\r\n\r\n", except: READ_SO_FAR },
  { name: "a method that is none", request: head("get /return/ HTTP/1.1", "Host: a"), except: READ_SO_FAR },
  { name: "a version that is none", request: head("GET /return/ HTTP/x", "Host: a"), except: READ_SO_FAR },
  { name: "a version to come", request: head("GET /return/ HTTP/2.0", "Host: a"), except: READ_SO_FAR },
  { name: "a target that is none", request: head("GET return HTTP/1.1", "Host: a"), except: READ_SO_FAR },
  { name: "TRACE", request: request("TRACE", "/return/"), except: READ_SO_FAR },
  { name: "bytes of TLS", request: "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", except: READ_SO_FAR },
  { name: "a field that is none", request: head("GET /return/ HTTP/1.1", "Host: a", "X\x01: 1"), except: READ_SO_FAR },
  { name: "a length that is none", request: head("POST /post/empty HTTP/1.1", "Host: a", "Content-Length: x"), except: READ_SO_FAR },
  { name: "an encoding that is none", request: head("POST /post/empty HTTP/1.1", "Host: a", "Transfer-Encoding: x"), except: READ_SO_FAR },
  { name: "414", request: get(`/${"x".repeat(1500)}`), except: ["127.0.0.1 request", ...READ_SO_FAR] },
  { name: "494", request: get("/return/", `X: ${"x".repeat(1500)}`), except: READ_SO_FAR },
  { name: "413", request: withContent("POST", "/large", "12345"), except: ["request_length"] },
  { name: "497", request: get("/return/"), portName: "TLS" },
  { name: "408 in the head", request: ["GET /return/ HTTP/1.1\r\nHost: a\r\n", 500], except: READ_SO_FAR },
  {
    name: "408 in the body",
    request: [head("POST /post/empty HTTP/1.1", "Host: a", "Content-Length: 5"), "a", 500],
    except: ["request_body"],
  },
  {
    name: "400 for a body cut short",
    request: head("POST /post/empty HTTP/1.1", "Host: a", "Content-Length: 5"),
    halfClose: true,
    except: ["sent_http_content_type", "sent_http_content_length"],
  },
  { name: "a body passed on", request: withContent("POST", "/post/empty", "abc\ndef\xe9", "Content-Type: x/y") },
  {
    name: "a chunked body passed on",
    request: `${head("POST /post/empty HTTP/1.1", "Host: a", "Transfer-Encoding: chunked")}3\r\nabc\r\n0\r\n\r\n`,
    except: ["request_length"],
  },
  ...[
    "status-404",
    "status-500",
    "status-204",
    "status-299",
    "http10",
    "chunked",
    "chunked-trailer",
    "empty",
    "fields",
    "cookies",
    "validators",
    "large",
    "redirect-base",
    "accel-redirect",
    "accel-named",
    "accel-missing",
    "nothing",
    "reset",
    "head-cut",
    "length-cut",
    "chunked-cut",
  ].flatMap((answer) => [
    { name: `of an origin: ${answer}`, request: get(`/origin/${answer}`), except: exceptOf(answer) },
    { name: `of an origin, unbuffered: ${answer}`, request: get(`/unbuffered/${answer}`), except: exceptOf(answer) },
  ]),
  { name: "HEAD of an origin", request: request("HEAD", "/origin/large") },
  { name: "499 before an answer", request: get("/hanging/head"), timeoutMs: 200 },
  { name: "499 in an answer", request: get("/hanging-unbuffered/body"), timeoutMs: 200 },
  { name: "499 in a second attempt", request: get("/hanging-retried/head"), timeoutMs: 200 },
  { name: "a second attempt", request: get("/retried/empty") },
  { name: "a second attempt without one refused", request: get("/retried/fields") },
  { name: "no attempt that succeeds", request: get("/dead/") },
  { name: "a group without servers", request: get("/marked/") },
  { name: "attempts that an origin fails", request: get("/failing/status-500") },
  { name: "attempts that an origin drops", request: get("/failing/nothing") },
  { name: "an error page from an origin", request: get("/handled/status-404") },
  { name: "an error page after a drop", request: get("/handled/status-503") },
  { name: "an error page after dead servers", request: get("/given-up/") },
  { name: "compressed", request: get("/gzip/long.txt", "Accept-Encoding: gzip") },
  { name: "compressed, not asked for", request: get("/gzip/long.txt") },
  { name: "no log, and one inside", request: get("/off/a") + get("/off/on"), answers: 2 },
  { name: "only if a value is one", request: get("/if/zero") + get("/if/none") + get("/if/one"), answers: 3 },
  { name: "two logs", request: get("/two/") },
  { name: "two logs: the other", request: get("/two/"), file: "two.log" },
  { name: "no log in an if", request: get("/if-in/?quiet=1") + get("/if-in/"), answers: 2 },
  { name: "another log in an if", request: get("/if-in/?two=1"), file: "two.log" },
  { name: "another log in limit_except", request: request("DELETE", "/except/"), file: "two.log" },
  { name: "a subrequest that is not logged", request: get("/ssi.shtml?part"), lines: 1 },
  { name: "a subrequest that is logged", request: get("/ssi.shtml?part-logged"), lines: 2, except: KEPT_OF_SUBREQUESTS },
  { name: "a subrequest of auth_request", request: get("/auth/a.txt"), lines: 2, except: KEPT_OF_SUBREQUESTS },
  { name: "a subrequest of auth_request in a logged request", request: get("/auth-logged/a.txt"), lines: 2, except: KEPT_OF_SUBREQUESTS },
];

/** nginx counts the framing of chunks in, and calls an answer complete that its origin has cut. */
function exceptOf(answer: string): readonly string[] {
  return [
    ...(answer.startsWith("chunked") ? ["upstream_response_length"] : []),
    ...(answer.endsWith("-cut") ? ["request_completion"] : []),
  ];
}

requireOracle("nginx")("values in access logs", () => {
  let origin: Origin;
  let hanging: Origin;
  let servers: readonly [RunningServer, RunningServer];

  beforeAll(async () => {
    origin = await startProxyOrigin();
    hanging = await startOrigin(({ target }) =>
      target.endsWith("body") ? "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc" : { parts: [] },
    );
    const files = {
      "html/a.txt": "0123456789",
      "html/long.txt": "long ".repeat(1000),
      "html/folder/": "",
      "html/ssi.shtml": '<!--#include virtual="/$query_string" -->',
      "html/file.txt": "a file",
    };
    const options = { conf, files, values: { ORIGIN: origin.port, HANGING: hanging.port } };
    servers = [await startNginx(options), await startForegate(options)];
    for (const server of servers) server.claim(/./);
  });
  afterAll(async () => {
    await origin.stop();
    await hanging.stop();
  });

  test.each(ROWS)("$name", async (row) => {
    const theirs = await linesOf(servers[0], row);
    expect(await linesOf(servers[1], row)).toEqual(theirs);
  });
});

/** What a request added to a log, without what differs from one run to the next. */
async function linesOf(server: RunningServer, row: LogRow): Promise<readonly string[]> {
  const path = join(server.dir, "logs", row.file ?? "all.log");
  const read = (): readonly string[] => (existsSync(path) ? readFileSync(path, "latin1").split("\n").slice(0, -1) : []);
  const before = read().length;
  const { raw, answers } = await server.exchange(row.request, row);
  const after = before + (row.lines ?? 1);
  const lines = await waitUntil(`${after} lines`, () => (read().length >= after ? read().slice(before) : undefined));
  // Pages and the Server field hold the server's name.
  const longer = (text: string): number => (text.split("foregate").length - 1) * ("foregate".length - "nginx".length);
  const inBodies = answers.reduce((sum, { body }) => sum + longer(body), 0);
  return lines.flatMap((line) =>
    maskText(line, server)
      .replace(/bytes=(\d+),(\d+)/, (_, sent, body) =>
        (row.answers ?? 1) > 1 || lines.length > 1 ? "" : `bytes=${Number(sent) - longer(raw)},${Number(body) - inBodies}`,
      )
      .replace(/(_time=\[)([^\]]*)/g, (_, name, times) => name + times.replace(/\d+\.\d{3}/g, "T"))
      // Pages of errors name the server, too.
      .replace(/( status=\[[3-5].* sent_http_content_length=\[)\d+/, "$1L")
      // zlib is not nginx's in Node.js: its members are not of one size.
      .replace(/gzip_ratio=\[\d+\.\d\d\]/, "gzip_ratio=[R]")
      .replace(/msec=\[\d+\.\d{3}\]/, "msec=[M]")
      .replace(/time_local=\[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]/, "time_local=[L]")
      .replace(/time_iso8601=\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d\]/, "time_iso8601=[I]")
      .split(/(?<=\]) (?=\w+=)/)
      .filter((value) => row.except?.includes(value.slice(0, value.indexOf("="))) !== true),
  );
}
