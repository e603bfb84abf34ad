/** The same requests over HTTP/2, by prior knowledge, to nginx and to foregate. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { echoPacket, type FakeUwsgi, startFakeUwsgi } from "../harness/fake-uwsgi.ts";
import { askHttp2, type Http2Answer, type Http2Request, openHttp2 } from "../harness/http2-client.ts";
import { requireOracle } from "../harness/oracle.ts";
import type { Origin } from "../harness/origin.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { differenceSlugs } from "./difference-slugs.ts";
import { maskText } from "./mask-text.ts";
import { startProxyOrigin } from "./proxy-origin.ts";

const conf = `
http {
  log_format h2 '$request|$server_protocol|$status|$host|$http_host|$http_cookie|$request_method|$request_uri|$scheme|$remote_user';
  access_log %%DIR%%/logs/access.log h2;
  large_client_header_buffers 4 2k;
  keepalive_requests 10000;
  limit_conn_zone $server_name zone=full:1m;
  limit_conn_zone $binary_remote_addr zone=full_too:1m;
  limit_req_zone $server_name zone=busy:1m rate=1r/m;
  server {
    listen 127.0.0.1:%%PORT%% http2;
    server_name localhost;
    root %%DIR%%/www;
    proxy_http_version 1.1; proxy_set_header Connection "";
    uwsgi_param REQUEST_METHOD $request_method; uwsgi_param QUERY_STRING $query_string; uwsgi_param CONTENT_LENGTH $content_length;
    uwsgi_param SERVER_PROTOCOL $server_protocol; uwsgi_param REQUEST_URI $request_uri; uwsgi_param HTTP_HOST $host;
    location / { }
    location /text { return 200 "text\\n"; }
    location /empty { return 200 ""; }
    location /protocol { return 200 "$server_protocol $request $scheme $http2"; }
    location /host { return 200 "$host $http_host $server_name"; }
    location /cookie { return 200 "$http_cookie $cookie_b"; }
    location /args { return 200 "$args $arg_a $uri"; }
    location /fields { add_header Set-Cookie a=1; add_header Set-Cookie b=2; add_header X-A 1; add_header X-A 2; return 200 "x"; }
    location /code/204 { return 204; }
    location /code/301 { return 301 /moved; }
    location /code/302 { return 302 http://elsewhere.test/; }
    location /code/307 { return 307 /moved?a=b; }
    location /code/400 { return 400; }
    location /code/403 { return 403; }
    location /code/404 { return 404; }
    location /code/418 { return 418 "teapot"; }
    location /code/444 { return 444; }
    location /code/500 { return 500; }
    location /code/503 { return 503; }
    location /page { error_page 404 /own.html; }
    location /page-as { error_page 404 =200 /own.html; }
    location /rewritten { rewrite ^ /file.txt last; }
    location /limited { client_max_body_size 10; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /proxy/ { proxy_pass http://127.0.0.1:%%ORIGIN%%/; }
    location /unbuffered/ { proxy_pass http://127.0.0.1:%%ORIGIN%%/; proxy_request_buffering off; proxy_buffering off; }
    location /uwsgi/ { uwsgi_pass 127.0.0.1:%%UWSGI%%; }
    location /closed/ { auth_basic "closed site"; auth_basic_user_file %%DIR%%/users; alias %%DIR%%/www/; }
    location /denied/ { deny all; }
    location /readers/ { limit_except GET { deny all; } alias %%DIR%%/www/; }
    location /full/ { limit_conn full 1; limit_conn full_too 1; limit_rate 100k; limit_rate_after 1k; alias %%DIR%%/www/; }
    location /busy/ { limit_req zone=busy nodelay; limit_req_status 429; limit_req_dry_run on; add_header X-Limit $limit_req_status; alias %%DIR%%/www/; }
    location /status { stub_status; }
    location /asked/ { auth_request /ask; alias %%DIR%%/www/; }
    location = /ask { internal; return 403; }
    location /replaced/ { sub_filter 0123 abcd; sub_filter_types text/plain; alias %%DIR%%/www/; }
    location /gone { proxy_pass http://127.0.0.1:9; }
    location /gzip { gzip on; gzip_min_length 1; gzip_types text/plain; alias %%DIR%%/www/long.txt; }
  }
  server {
    listen 127.0.0.1:%%PORT%% http2;
    server_name other.test;
    root %%DIR%%/www;
    location /host { return 200 "other $host $http_host"; }
  }
}`;

interface Row extends Http2Request {
  readonly name: string;
  readonly compare?: { readonly fields?: boolean; readonly body?: boolean };
  /** A slug of docs/differences.md. */
  readonly differs?: string;
}

const gets = (...paths: readonly string[]): readonly Row[] => paths.map((path) => ({ name: `GET ${path}`, path }));
const heads = (...paths: readonly string[]): readonly Row[] => paths.map((path) => ({ name: `HEAD ${path}`, path, method: "HEAD" }));
const withField = (path: string, ...fields: readonly (readonly [string, string])[]): Row => ({
  name: `GET ${path} with ${fields
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ")
    .slice(0, 60)}`,
  path,
  fields,
});
const LONG = "0123456789abcdef".repeat(20_000);
const MODIFIED = "Mon, 01 Jan 2024 00:00:00 GMT";

const rows: readonly Row[] = [
  ...gets("/text", "/empty", "/file.txt", "/dir", "/dir/", "/missing", "/long.txt", "/empty.txt", "/host", "/args?a=1&b=2", "/args?a=%20"),
  ...gets("/a/../file.txt", "/a/../../file.txt", "//file.txt", "/file%2etxt", "/%zz", "/%00", "/rewritten", "/fields"),
  ...gets("/code/204", "/code/301", "/code/302", "/code/307", "/code/400", "/code/403", "/code/404", "/code/418", "/code/444"),
  ...gets(
    "/closed/file.txt",
    "/denied/x",
    "/readers/file.txt",
    "/full/file.txt",
    "/busy/file.txt",
    "/asked/file.txt",
    "/replaced/file.txt",
  ),
  withField("/closed/file.txt", ["authorization", "Basic bWU6c2VjcmV0"]),
  withField("/closed/file.txt", ["authorization", "Basic bWU6d3Jvbmc="]),
  ...heads("/status", "/replaced/file.txt", "/closed/file.txt"),
  { name: "POST where only GET is allowed", method: "POST", path: "/readers/file.txt" },
  ...gets("/code/500", "/code/503", "/page/x", "/page-as/x", "/protocol"),
  ...heads("/text", "/file.txt", "/missing", "/code/204", "/code/301", "/long.txt", "/proxy/large", "/proxy/x"),
  withField("/file.txt", ["range", "bytes=0-3"]),
  withField("/file.txt", ["range", "bytes=-2"]),
  withField("/file.txt", ["range", "bytes=100-"]),
  withField("/file.txt", ["range", "bytes=0-1,3-4"]),
  withField("/file.txt", ["range", "lines=1"]),
  withField("/file.txt", ["if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT"]),
  withField("/file.txt", ["if-modified-since", MODIFIED]),
  withField("/file.txt", ["if-none-match", "*"]),
  withField("/file.txt", ["if-none-match", '"x"']),
  withField("/file.txt", ["if-match", '"x"']),
  withField("/file.txt", ["if-unmodified-since", MODIFIED]),
  withField("/cookie", ["cookie", "a=1"], ["cookie", "b=2"], ["cookie", "c=3"]),
  withField("/cookie", ["cookie", "a=1; b=2"]),
  withField("/gzip", ["accept-encoding", "gzip"]),
  withField("/proxy/x", ["x-a", "1"], ["cookie", "a=1"], ["cookie", "b=2"], ["te", "trailers"]),
  withField("/text", ["x-large", "l".repeat(1900)]),
  { name: "another virtual server", path: "/host", authority: "other.test" },
  { name: "an unknown host", path: "/host", authority: "unknown.test:8080" },
  { name: "a host in upper case", path: "/host", authority: "LOCALHOST" },
  { name: "a host that is none", path: "/host", authority: "a/b", differs: "malformed-http2-heads" },
  ...(["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "get"] as const).map((method) => ({
    name: `${method} on a file`,
    method,
    path: "/file.txt",
  })),
  ...gets("/proxy/x?a=b", "/proxy/status-404", "/proxy/status-500", "/proxy/status-204", "/proxy/status-304", "/proxy/chunked"),
  ...gets("/proxy/cookies", "/proxy/typed", "/proxy/redirect-origin", "/proxy/large", "/unbuffered/large", "/proxy/validators", "/gone"),
  ...gets("/proxy/nothing", "/proxy/empty", "/uwsgi/x?a=b"),
  ...(["/proxy/x", "/unbuffered/x", "/uwsgi/x"] as const).flatMap((path) => [
    { name: `POST ${path} with a length`, method: "POST", path, fields: [["content-length", "5"]] as const, content: ["hello"] },
    { name: `POST ${path} in pieces`, method: "POST", path, fields: [["content-length", "10"]] as const, content: ["hello", "world"] },
    { name: `POST ${path} with nothing`, method: "POST", path, fields: [["content-length", "0"]] as const, content: [""] },
  ]),
  { name: "POST of a body that goes to a file", method: "POST", path: "/proxy/x", fields: [["content-length", "320000"]], content: [LONG] },
  { name: "POST of a body without a length to an application", method: "POST", path: "/proxy/x", content: ["hello"] },
  { name: "POST of a body without a length, unbuffered", method: "POST", path: "/unbuffered/x", content: ["hello"] },
  { name: "a body just at the limit", method: "POST", path: "/limited", fields: [["content-length", "10"]], content: ["0123456789"] },
  { name: "a body above the limit", method: "POST", path: "/limited", fields: [["content-length", "11"]], content: ["0123456789a"] },
  { name: "a body without a length above the limit", method: "POST", path: "/limited", content: ["0123456789a"] },
  { name: "a body that nobody wants", method: "POST", path: "/text", fields: [["content-length", "5"]], content: ["hello"] },
  { name: "an error page for a POST", method: "POST", path: "/page/x", fields: [["content-length", "5"]], content: ["hello"] },
  withField("/host", ["host", "other.test"]),
  { ...withField("/host", ["host", "localhost"]), differs: "host-beside-authority" },
  { ...withField("/text", ["x-large", "l".repeat(2100)]), differs: "large-http2-heads" },
  { ...withField("/text", ...Array.from({ length: 8 }, (_, i) => [`x-${i}`, "m".repeat(1500)] as const)), differs: "large-http2-heads" },
  {
    name: "a client that waits for leave to send",
    method: "POST",
    path: "/proxy/x",
    fields: [
      ["content-length", "5"],
      ["expect", "100-continue"],
    ],
    content: ["hello"],
    differs: "continue-over-http2",
  },
];

requireOracle("nginx")("HTTP/2", () => {
  let nginx: RunningServer;
  let foregate: RunningServer;
  let origin: Origin;
  let uwsgi: FakeUwsgi;
  const slugs = differenceSlugs();

  beforeAll(async () => {
    origin = await startProxyOrigin();
    uwsgi = await startFakeUwsgi((request) => echoPacket(request));
    const files = {
      "www/file.txt": "0123456789\n",
      "www/long.txt": LONG,
      "www/empty.txt": "",
      "www/own.html": "own page\n",
      users: "me:{PLAIN}secret\n",
      "www/dir/index.html": "index\n",
    };
    const options = { conf, files, values: { ORIGIN: origin.port, UWSGI: uwsgi.port } };
    nginx = await startNginx(options);
    foregate = await startForegate(options);
  });
  afterAll(async () => {
    await origin.stop();
    await uwsgi.stop();
  });

  test.each(rows)("$name", async (row) => {
    const theirs = seen(await askHttp2(nginx.port(), row), row, nginx);
    if (process.env["DIFFERENTIAL_PRINT"] === "1") process.stdout.write(`${row.name} | ${JSON.stringify(theirs).slice(0, 300)}\n`);
    const ours = seen(await askHttp2(foregate.port(), row), row, foregate);
    if (row.differs === undefined) {
      expect(ours).toEqual(theirs);
      return;
    }
    expect(slugs, "docs/differences.md has no such section").toContain(row.differs);
    expect(ours, "a stale entry: nothing differs").not.toEqual(theirs);
  });

  test("a hundred streams at once get their own answers", async () => {
    const paths = Array.from(
      { length: 100 },
      (_, i) => ["/text", "/file.txt", "/long.txt", `/args?a=${i}`, "/proxy/large", "/missing"][i % 6] ?? "/text",
    );
    const all = async (server: RunningServer): Promise<readonly object[]> => {
      const session = openHttp2(server.port());
      const answers = await Promise.all(paths.map((path) => askHttp2(session, { path })));
      session.destroy();
      return answers.map((answer, i) => seen(answer, { name: paths[i] ?? "", path: "" }, server));
    };
    expect(await all(foregate)).toEqual(await all(nginx));
  });

  test("the access log says of a request what nginx's says", async () => {
    const path = "/protocol?log=1";
    const fields = [
      ["cookie", "a=1"],
      ["cookie", "b=2"],
      ["authorization", "Basic YTpi"],
    ] as const;
    const lines: string[] = [];
    for (const server of [nginx, foregate]) {
      await askHttp2(server.port(), { path, fields });
      await expect.poll(() => server.accessLog(), { timeout: 5000 }).toContain("log=1");
      const line =
        server
          .accessLog()
          .split("\n")
          .find((each) => each.includes("log=1")) ?? "";
      lines.push(maskText(line, server));
    }
    expect(lines[1]).toBe(lines[0]);
  });
});

function seen(answer: Http2Answer, row: Row, server: RunningServer): object {
  const mask = (text: string): string => maskText(text, server);
  const isNamed = maskText(answer.body, { dir: "\0", ports: new Map() }) !== answer.body || (row.method === "HEAD" && answer.status >= 300);
  const fields = answer.fields.map(([name, value]) => {
    if (name === "date") return [name, "masked"];
    return [name, name === "content-length" && isNamed ? "masked" : mask(value)];
  });
  fields.sort(([a = ""], [b = ""]) => (a < b ? -1 : a > b ? 1 : 0));
  const { status, interim, resetCode } = answer;
  return {
    status,
    interim,
    resetCode,
    ...(row.compare?.fields === false ? {} : { fields }),
    ...(row.compare?.body === false ? {} : { body: mask(answer.body) }),
  };
}
