/** Answers of upstreams in odd forms: heads, framing, and what does not belong to them. */

import { startFakeUwsgi } from "../harness/fake-uwsgi.ts";
import { type OriginAnswer, startOrigin } from "../harness/origin.ts";
import { varOf } from "../harness/uwsgi-packet.ts";
import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const PAUSE_MS = 20;
const close = (...parts: readonly (string | number)[]): OriginAnswer => ({ parts, ending: "close" });

/** Sent over both protocols, the connection closed behind them. */
const ANSWERS: Readonly<Record<string, readonly (string | number)[]>> = {
  "no-reason": ["HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"],
  "no-reason-blank": ["HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok"],
  "two-blanks": ["HTTP/1.1  200  OK\r\nContent-Length: 2\r\n\r\nok"],
  "own-reason": ["HTTP/1.1 404 Gone \xe9\r\nContent-Length: 2\r\n\r\nok"],
  "status-299": ["HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\nok"],
  "status-599": ["HTTP/1.1 599 Odd\r\nContent-Length: 2\r\n\r\nok"],
  "status-600": ["HTTP/1.1 600 Odd\r\nContent-Length: 2\r\n\r\nok"],
  "status-999": ["HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok"],
  "status-20": ["HTTP/1.1 20 OK\r\n\r\nok"],
  "status-2000": ["HTTP/1.1 2000 OK\r\n\r\nok"],
  "status-20x": ["HTTP/1.1 20x OK\r\n\r\nok"],
  "version-10": ["HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
  "version-10-chunked": ["HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
  "version-12": ["HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok"],
  "version-20": ["HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok"],
  "lower-http": ["http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"],
  "blank-before": [" HTTP/1.1 200 OK\r\n\r\nok"],
  "line-before": ["\r\nHTTP/1.1 200 OK\r\n\r\nok"],
  "line-feeds": ["HTTP/1.1 200 OK\nContent-Length: 2\nX-A: 1\n\nok"],
  "mixed-line-ends": ["HTTP/1.1 200 OK\r\nContent-Length: 2\nX-A: 1\r\n\nok"],
  "carriage-return-in-value": ["HTTP/1.1 200 OK\r\nX-A: 1\r2\r\nContent-Length: 2\r\n\r\nok"],
  "lower-fields": ["HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: a/b\r\nx-a: 1\r\nserver: s\r\n\r\nok"],
  "upper-fields": ["HTTP/1.1 200 OK\r\nCONTENT-LENGTH: 2\r\nCONTENT-TYPE: A/B\r\nX-A: 1\r\n\r\nok"],
  "empty-values": ["HTTP/1.1 200 OK\r\nX-A:\r\nX-B: \r\nContent-Type:\r\nETag:\r\nSet-Cookie:\r\nContent-Length: 2\r\n\r\nok"],
  "empty-location": ["HTTP/1.1 302 Found\r\nLocation:\r\nContent-Length: 2\r\n\r\nok"],
  "blanks-around": ["HTTP/1.1 200 OK\r\nX-A:   a  b   \r\nX-B:\tb\t\r\nContent-Length:  2  \r\n\r\nok"],
  "blank-before-colon": ["HTTP/1.1 200 OK\r\nX-A : a\r\nContent-Length: 2\r\n\r\nok"],
  folded: ["HTTP/1.1 200 OK\r\nX-A: a\r\n b\r\nContent-Length: 2\r\n\r\nok"],
  underscore: ["HTTP/1.1 200 OK\r\nX_A: a\r\nContent-Length: 2\r\n\r\nok"],
  "odd-name": ["HTTP/1.1 200 OK\r\nX@A!: a\r\nContent-Length: 2\r\n\r\nok"],
  "no-colon": ["HTTP/1.1 200 OK\r\nX-A\r\nContent-Length: 2\r\n\r\nok"],
  bytes: ["HTTP/1.1 200 OK\r\nX-A: \xe9\xff\r\nContent-Length: 2\r\n\r\nok"],
  repeated: [
    "HTTP/1.1 200 OK\r\nX-A: 1\r\nX-A: 2\r\nVary: a\r\nVary: b\r\nLink: a\r\nLink: b\r\nCache-Control: a\r\nCache-Control: b\r\nWWW-Authenticate: a\r\nWWW-Authenticate: b\r\nContent-Length: 2\r\n\r\nok",
  ],
  "content-type-blanks": ["HTTP/1.1 200 OK\r\nContent-Type:  text/html  ;  charset=utf-8 \r\nContent-Length: 2\r\n\r\nok"],
  "status-field-too": ["HTTP/1.1 200 OK\r\nStatus: 404 Not\r\nContent-Length: 2\r\n\r\nok"],
  "second-status-line": ["HTTP/1.1 200 OK\r\nHTTP/1.1 404 Not\r\nContent-Length: 2\r\n\r\nok"],
  "length-plus": ["HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok"],
  "length-negative": ["HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok"],
  "length-hex": ["HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok"],
  "length-list": ["HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok"],
  "length-empty": ["HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok"],
  "length-zeros": ["HTTP/1.1 200 OK\r\nContent-Length: 0002\r\n\r\nok"],
  "length-huge": ["HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok"],
  "length-twice": ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"],
  "body-longer": ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more"],
  "body-longer-late": ["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nok", PAUSE_MS, "ok and more"],
  "body-shorter": ["HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok"],
  "body-shorter-late": ["HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok", PAUSE_MS, "ok"],
  "body-of-0": ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nnot nothing"],
  "body-of-204": ["HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok"],
  "body-of-204-unsaid": ["HTTP/1.1 204 No Content\r\n\r\nok"],
  "body-of-304": ['HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\nETag: "a"\r\n\r\nok'],
  "length-of-304": [
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\nContent-Type: a/b\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n\r\n",
  ],
  "unsaid-length": ["HTTP/1.1 200 OK\r\n\r\nok", PAUSE_MS, "ok"],
  "body-of-1000": [`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${"a".repeat(1000)}`],
  nothing: ["HTTP/1.1 200 OK\r\n\r\n"],
  "connection-close": ["HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"],
  "connection-keep-alive": ["HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nok"],
  "own-fields-of-connection": [
    "HTTP/1.1 200 OK\r\nProxy-Connection: x\r\nTE: x\r\nUpgrade: x\r\nTrailer: x\r\nContent-Length: 2\r\n\r\nok",
  ],
  "range-of-its-own": [
    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/10\r\nAccept-Ranges: bytes\r\nContent-Length: 2\r\n\r\nok",
  ],
  "416": ["HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */10\r\nContent-Length: 2\r\n\r\nok"],
  "head-in-pieces": ["HTTP/1.", PAUSE_MS, "1 200", PAUSE_MS, " OK\r", PAUSE_MS, "\nX-A", PAUSE_MS, ": 1\r\n\r", PAUSE_MS, "\nok"],
  "head-cut-in-status": ["HTTP/1.1 200"],
  "head-cut-in-name": ["HTTP/1.1 200 OK\r\nX-A"],
  "head-cut-at-end": ["HTTP/1.1 200 OK\r\nX-A: 1\r\n"],
  "head-of-4000": [`HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(3940)}\r\nContent-Length: 2\r\n\r\nok`],
  "head-of-4200": [`HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(4200)}\r\nContent-Length: 2\r\n\r\nok`],
  "head-of-many-lines": [`HTTP/1.1 200 OK\r\n${"X-A: 1\r\n".repeat(600)}Content-Length: 2\r\n\r\nok`],
  "many-fields": [`HTTP/1.1 200 OK\r\n${"X-A: 1\r\n".repeat(400)}Content-Length: 2\r\n\r\nok`],
  "large-pieces": ["HTTP/1.1 200 OK\r\n\r\n", "a".repeat(70_000), PAUSE_MS, "b".repeat(70_000)],
  "empty-answer": [""],
};

/** Of HTTP alone. */
const HTTP_ANSWERS: Readonly<Record<string, readonly (string | number)[]>> = {
  "chunked-upper": ["HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
  "chunked-and-more": ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nmore"],
  "chunked-extension": ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\nok\r\n0;c\r\n\r\n"],
  "chunked-trailer": ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n"],
  "chunked-cut": ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"],
  "chunked-cut-late": ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", PAUSE_MS, "5\r\nab"],
  "chunked-204": ["HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
  "chunked-304": ["HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n"],
  "gzip-chunked": ["HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
  identity: ["HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok"],
  "coding-empty": ["HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\nok"],
  "coding-twice": ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  "coding-and-length": ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n"],
};

const ALL = { ...ANSWERS, ...HTTP_ANSWERS };

const locationsOf = (prefix: "proxy" | "uwsgi", pass: string): string => `
    location /${prefix}/ { ${pass} }
    location /${prefix}/unbuffered/ { ${prefix}_buffering off; ${pass} }
    location /${prefix}/small/ { ${prefix}_buffer_size 1k; ${prefix}_buffers 2 4k; ${prefix}_busy_buffers_size 4k; ${pass} }
    location /${prefix}/ranges/ { ${prefix}_force_ranges on; ${pass} }
    location /${prefix}/limited/ { limit_rate 100; ${prefix}_buffering off; ${pass} }`;

const conf = `
events {}
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    ${locationsOf("proxy", "proxy_pass http://127.0.0.1:%%ORIGIN%%;")}
    ${locationsOf("uwsgi", "uwsgi_param PATH_INFO $uri; uwsgi_pass 127.0.0.1:%%UWSGI%%;")}
  }
}`;

const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Where we differ from nginx, over both protocols unless a prefix is given: slug and status. */
const DIFFERING: readonly (readonly [names: RegExp, slug: string, status: number])[] = [
  [/^proxy\/(?:status-20.*|lower-http|blank-before|line-before)$/, "http09-from-upstreams", 502],
  [/\/length-(?!zeros|of-304)/, "framing-from-upstreams", 502],
  [/\/(?:gzip-chunked|identity|coding-.*)$/, "framing-from-upstreams", 502],
  [/\/body-of-204$/, "length-of-204", 204],
  [/\/own-fields-of-connection$/, "hop-by-hop-fields", 200],
];

function row(path: string, method: "GET" | "HEAD"): Row {
  const [, differs, ours] = DIFFERING.find(([names]) => names.test(path)) ?? [];
  const name = method === "GET" ? path : `HEAD ${path}`;
  const text = method === "GET" ? get(`/${path}`) : request("HEAD", `/${path}`);
  if (differs === undefined || ours === undefined) return { name, request: text };
  return { name, request: text, differs, ours, ...(differs === "http09-from-upstreams" ? { timeoutMs: HANG_MS } : {}) };
}

/** nginx ends what it takes for HTTP/0.9 with the connection only. */
const HANG_MS = 300;

const rowsOf = (prefix: string, names: readonly string[]): readonly Row[] =>
  names.flatMap((name) => [row(`${prefix}/${name}`, "GET"), row(`${prefix}/${name}`, "HEAD")]);

const FRAMED = Object.keys(ALL).filter((name) => /^(?:body|length-(?:zeros|of)|unsaid|chunked|large|nothing|head-of)/.test(name));
const known = (names: readonly string[], answers: object): readonly string[] => names.filter((name) => name in answers);

compareRows({
  name: "an upstream's odd answer",
  conf,
  origins: async () => {
    const origin = await startOrigin(({ target }) => close(...(ALL[nameOf(target)] ?? [])));
    const uwsgi = await startFakeUwsgi((packet) =>
      (ANSWERS[nameOf(varOf(packet, "PATH_INFO") ?? "")] ?? []).filter((part): part is string => typeof part === "string"),
    );
    return {
      values: { ORIGIN: origin.port, UWSGI: uwsgi.port },
      stop: async () => {
        await origin.stop();
        await uwsgi.stop();
      },
    };
  },
  rows: [
    ...rowsOf("proxy", Object.keys(ALL)),
    ...rowsOf(
      "uwsgi",
      Object.keys(ANSWERS).filter((name) => name !== "version-10-chunked"),
    ),
    { ...row("uwsgi/version-10-chunked", "GET"), name: "chunks of HTTP/1.0", differs: "chunked-from-uwsgi", ours: 200 },
    ...rowsOf("proxy/unbuffered", FRAMED),
    ...rowsOf("uwsgi/unbuffered", known(FRAMED, ANSWERS)),
    ...rowsOf("proxy/small", FRAMED),
    ...rowsOf("uwsgi/small", known(FRAMED, ANSWERS)),
    { name: "proxy/limited", request: get("/proxy/limited/body-of-1000") },
    { name: "uwsgi/limited", request: get("/uwsgi/limited/body-of-1000") },
  ],
});
