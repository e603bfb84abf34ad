/** X-Accel-* of upstreams, with proxy_pass and uwsgi_pass, heeded, ignored and passed on. */

import { startFakeUwsgi } from "../harness/fake-uwsgi.ts";
import { startOrigin } from "../harness/origin.ts";
import { varOf } from "../harness/uwsgi-packet.ts";
import { get, request, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const SURVIVORS = [
  "Content-Type: text/x-own",
  "Set-Cookie: a=1",
  "Set-Cookie: b=2",
  "Content-Disposition: attachment",
  "Cache-Control: private",
  "Cache-Control: no-cache",
  "Expires: Thu, 01 Jan 2026 00:00:00 GMT",
];
const FALLEN = [
  'ETag: "own"',
  "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT",
  "X-Own: 1",
  "Location: /own",
  "Content-Language: de",
  "Vary: Accept",
  "Refresh: 1; url=/own",
  "Content-Encoding: own",
  "WWW-Authenticate: own",
  "Link: <own>",
];

/** By the path's last segment: fields of the answer, and its status line's end where it is not "200 OK". */
const ANSWERS: Readonly<Record<string, { readonly fields: readonly string[]; readonly status?: string; readonly body?: string }>> = {
  redirect: { fields: ["X-Accel-Redirect: /internal/file.txt"] },
  "redirect-lower": { fields: ["x-accel-redirect: /internal/file.txt"] },
  "redirect-survivors": { fields: [...SURVIVORS, ...FALLEN, "X-Accel-Redirect: /internal/file.txt"] },
  "redirect-no-ranges": { fields: ["Accept-Ranges: none", "X-Accel-Redirect: /internal/file.txt"] },
  "redirect-404": { fields: ["X-Accel-Redirect: /internal/file.txt"], status: "404 Not Found" },
  "redirect-500": { fields: ["X-Accel-Redirect: /internal/file.txt"], status: "500 Broken" },
  "redirect-302": { fields: ["Location: /own", "X-Accel-Redirect: /internal/file.txt"], status: "302 Found" },
  "redirect-204": { fields: ["X-Accel-Redirect: /internal/file.txt"], status: "204 No Content" },
  "redirect-named": { fields: [...SURVIVORS, "X-Accel-Redirect: @named"] },
  "redirect-unknown-name": { fields: ["X-Accel-Redirect: @unknown"] },
  "redirect-proxied": { fields: [...SURVIVORS, "X-Own: 1", "X-Accel-Redirect: /echo/target?a=b"] },
  "redirect-proxied-typed": { fields: [...SURVIVORS, ...FALLEN, "Accept-Ranges: none", "X-Accel-Redirect: /echo/typed"] },
  "redirect-proxied-fields": { fields: [...SURVIVORS, "Accept-Ranges: none", "X-Accel-Redirect: /echo/redirected-fields"] },
  "redirect-again": { fields: ["Set-Cookie: first=1", "Content-Type: text/x-first", "X-Accel-Redirect: /echo/redirect-survivors"] },
  typed: { fields: ["Content-Type: text/x-second", "X-Second: 1"] },
  "redirected-fields": {
    fields: ["Set-Cookie: c=3", "Expires: Fri, 02 Jan 2026 00:00:00 GMT", "Accept-Ranges: bytes", "Cache-Control: second"],
  },
  "redirect-above-survivors": { fields: [...SURVIVORS, "Accept-Ranges: none", "X-Accel-Redirect: /internal/../secret"] },
  "redirect-missing": { fields: [...SURVIVORS, "X-Accel-Redirect: /internal/none"] },
  "redirect-forbidden": { fields: ["X-Accel-Redirect: /internal/"] },
  "redirect-return": { fields: [...SURVIVORS, "X-Accel-Redirect: /return?x"] },
  "redirect-escaped": { fields: ["X-Accel-Redirect: /internal/a%20b.txt"] },
  "redirect-plain-blank": { fields: ["X-Accel-Redirect: /internal/a b.txt"] },
  "redirect-query": { fields: ["X-Accel-Redirect: /return?a=%20b?c"] },
  "redirect-fragment": { fields: ["X-Accel-Redirect: /return#f"] },
  "redirect-relative": { fields: ["X-Accel-Redirect: internal/file.txt"] },
  "redirect-absolute": { fields: ["X-Accel-Redirect: http://localhost/internal/file.txt"] },
  "redirect-above": { fields: ["X-Accel-Redirect: /internal/../secret"] },
  "redirect-above-escaped": { fields: ["X-Accel-Redirect: /internal/%2e%2e/secret"] },
  "redirect-above-at-end": { fields: ["X-Accel-Redirect: /internal/.."] },
  "redirect-dots": { fields: ["X-Accel-Redirect: /internal/..."] },
  "redirect-double-slash": { fields: ["X-Accel-Redirect: //internal//file.txt"] },
  "redirect-nul": { fields: ["X-Accel-Redirect: /internal/%00"] },
  "redirect-empty": { fields: ["X-Accel-Redirect:"] },
  "redirect-twice": { fields: ["X-Accel-Redirect: /internal/file.txt", "X-Accel-Redirect: /return"] },
  "redirect-cycle": { fields: ["X-Accel-Redirect: /proxy/redirect-cycle"] },
  expires: { fields: ["X-Accel-Expires: 10"] },
  "expires-off": { fields: ["X-Accel-Expires: off", "Expires: Thu, 01 Jan 2026 00:00:00 GMT"] },
  "expires-at": { fields: ["X-Accel-Expires: @1800000000"] },
  "expires-words": { fields: ["X-Accel-Expires: soon"] },
  rate: { fields: ["X-Accel-Limit-Rate: 100000"] },
  "rate-0": { fields: ["X-Accel-Limit-Rate: 0"] },
  "rate-words": { fields: ["X-Accel-Limit-Rate: fast"] },
  "rate-negative": { fields: ["X-Accel-Limit-Rate: -1"] },
  "rate-twice": { fields: ["X-Accel-Limit-Rate: 100000", "X-Accel-Limit-Rate: 200000"] },
  buffering: { fields: ["X-Accel-Buffering: no"] },
  "buffering-yes": { fields: ["X-Accel-Buffering: YES"] },
  "buffering-words": { fields: ["X-Accel-Buffering: maybe"] },
  charset: { fields: ["Content-Type: text/plain", "X-Accel-Charset: koi8-r"] },
  "charset-case": { fields: ["Content-Type: text/plain", "X-Accel-Charset: KOI8-R"] },
  "charset-unknown": { fields: ["Content-Type: text/plain", "X-Accel-Charset: x-unknown"] },
  "charset-empty": { fields: ["Content-Type: text/plain", "X-Accel-Charset:"] },
  "charset-of-image": { fields: ["Content-Type: image/gif", "X-Accel-Charset: koi8-r"] },
  "charset-untyped": { fields: ["X-Accel-Charset: koi8-r"] },
  "charset-stated": { fields: ["Content-Type: text/plain; charset=koi8-r", "X-Accel-Charset: windows-1251"], body: "\xc1\xc2" },
  "charset-same": { fields: ["Content-Type: text/plain; charset=koi8-r", "X-Accel-Charset: koi8-r"] },
  "charset-unmapped": { fields: ["Content-Type: text/plain; charset=koi8-r", "X-Accel-Charset: utf-8"] },
  "charset-other-parameter": { fields: ["Content-Type: text/plain; format=flowed", "X-Accel-Charset: koi8-r"] },
  "type-flowed": { fields: ["Content-Type: text/plain; format=flowed"] },
  "type-flowed-charset": { fields: ["Content-Type: text/plain; format=flowed; charset=koi8-r"] },
  "type-charset-flowed": { fields: ["Content-Type: text/plain; charset=koi8-r; format=flowed"] },
  "type-quoted": { fields: ['Content-Type: text/plain; Charset="koi8-r"'] },
  "type-blanks": { fields: ["Content-Type: text/plain ;   charset=koi8-r"] },
  "type-semicolon": { fields: ["Content-Type: text/plain;"] },
  "type-image": { fields: ["Content-Type: image/gif"] },
  "charset-encoded": { fields: ["Content-Type: text/plain", "Content-Encoding: gzip", "X-Accel-Charset: koi8-r"] },
  "charset-302": { fields: ["Content-Type: text/plain", "Location: /own", "X-Accel-Charset: koi8-r"], status: "302 Found" },
  "charset-redirect": { fields: ["X-Accel-Charset: koi8-r", "X-Accel-Redirect: /internal/file.txt"] },
  "charset-404": { fields: ["Content-Type: text/plain", "X-Accel-Charset: koi8-r"], status: "404 Not Found" },
  all: {
    fields: ["X-Accel-Expires: 1", "X-Accel-Limit-Rate: 100000", "X-Accel-Buffering: yes", "X-Accel-Charset: koi8-r", "X-Accel-Own: 1"],
  },
};

function answerTo(path: string): string {
  const { fields, status = "200 OK", body = "text" } = ANSWERS[path.slice(path.lastIndexOf("/") + 1)] ?? { fields: ["X-Echo: 1"] };
  const sent = status.startsWith("204") ? "" : body;
  const length = status.startsWith("204") ? [] : [`Content-Length: ${sent.length}`];
  return [`HTTP/1.1 ${status}`, ...fields, ...length, "", sent].join("\r\n");
}

const IGNORED = "X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate X-Accel-Buffering X-Accel-Charset";
const locationsOf = (prefix: "proxy" | "uwsgi", pass: string): string => `
    location /${prefix}/ { ${pass} }
    location /${prefix}/ignored/ { ${prefix}_ignore_headers ${IGNORED}; ${pass} }
    location /${prefix}/passed/ { ${IGNORED.split(" ")
      .map((name) => `${prefix}_pass_header ${name};`)
      .join(" ")} ${pass} }
    location /${prefix}/both/ { ${prefix}_ignore_headers ${IGNORED}; ${IGNORED.split(" ")
      .map((name) => `${prefix}_pass_header ${name};`)
      .join(" ")} ${pass} }
    location /${prefix}/charset/ { charset utf-8; ${pass} }
    location /${prefix}/all-types/ { charset koi8-r; charset_types *; ${pass} }
    location /${prefix}/overridden/ { charset windows-1251; override_charset on; ${pass} }
    location /${prefix}/source/ { source_charset koi8-r; charset windows-1251; ${pass} }
    location /${prefix}/errors/ { error_page 404 500 302 /return?error; ${prefix}_intercept_errors on; ${pass} }
    location /${prefix}/forced/ { ${prefix}_force_ranges on; ${pass} }
    location /${prefix}/hidden/ { ${prefix}_hide_header Set-Cookie; ${prefix}_hide_header Cache-Control; ${pass} }`;

const conf = `
events {}
http {
  default_type text/plain;
  charset_map koi8-r windows-1251 { C1 E0; C2 E1; }
  upstream kept { server 127.0.0.1:%%ORIGIN%%; keepalive 2; }
  server {
    listen 127.0.0.1:%%PORT%%;
    ${locationsOf("proxy", "proxy_pass http://127.0.0.1:%%ORIGIN%%;")}
    ${locationsOf("uwsgi", "uwsgi_param PATH_INFO $uri; uwsgi_pass 127.0.0.1:%%UWSGI%%;")}
    location /internal/ { internal; alias %%DIR%%/www/; }
    location /echo/ { internal; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /return { internal; return 200 "$uri?$args $request_method"; }
    location @named { return 200 "named $uri $request_method"; }
  }
}`;

const rowsOf = (prefix: string, ...names: readonly string[]): readonly Row[] =>
  names.map((name) => ({ name: `${prefix}/${name}`, request: get(`/${prefix}/${name}`) }));
const named = (...parts: readonly string[]): readonly string[] =>
  Object.keys(ANSWERS).filter((name) => parts.some((part) => name.startsWith(part)));

compareRows({
  name: "X-Accel-*",
  conf,
  files: { "www/file.txt": "file\n", "www/a b.txt": "blank\n", secret: "secret\n" },
  origins: async () => {
    const origin = await startOrigin(({ target }) => answerTo(target.replace(/\?.*/, "")));
    const uwsgi = await startFakeUwsgi((packet) => answerTo(varOf(packet, "PATH_INFO") ?? ""));
    return {
      values: { ORIGIN: origin.port, UWSGI: uwsgi.port },
      stop: async () => {
        await origin.stop();
        await uwsgi.stop();
      },
    };
  },
  rows: ["proxy", "uwsgi"].flatMap((prefix) => [
    ...rowsOf(prefix, ...Object.keys(ANSWERS)),
    ...rowsOf(`${prefix}/ignored`, "redirect", "expires", "rate", "buffering", "charset", "all", "redirect-above"),
    ...rowsOf(`${prefix}/passed`, "redirect", "expires", "rate", "buffering", "charset", "all"),
    ...rowsOf(`${prefix}/both`, "redirect", "all"),
    ...rowsOf(`${prefix}/charset`, ...named("charset")),
    ...rowsOf(`${prefix}/source`, ...named("charset", "type")),
    ...rowsOf(`${prefix}/all-types`, ...named("type")),
    ...rowsOf(`${prefix}/overridden`, ...named("type")),
    ...rowsOf(`${prefix}/errors`, "redirect-404", "redirect-302", "redirect-missing", "charset-404", "charset-302"),
    ...rowsOf(`${prefix}/hidden`, "redirect-survivors"),
    ...rowsOf(`${prefix}/forced`, "redirect-proxied-typed", "redirect-proxied-fields"),
    ...["redirect", "redirect-named", "redirect-return", "redirect-proxied", "redirect-survivors"].flatMap((name): Row[] => [
      { name: `HEAD ${prefix}/${name}`, request: request("HEAD", `/${prefix}/${name}`) },
      { name: `POST ${prefix}/${name}`, request: withContent("POST", `/${prefix}/${name}`, "a=1") },
    ]),
    { name: `a range of what ${prefix} redirects to`, request: get(`/${prefix}/redirect`, "Range: bytes=0-1") },
    { name: `no range of what ${prefix} forbids it for`, request: get(`/${prefix}/redirect-no-ranges`, "Range: bytes=0-1") },
    {
      name: `a condition on what ${prefix} redirects to`,
      request: get(`/${prefix}/redirect`, "If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT"),
      compare: { close: false },
    },
  ]),
});
