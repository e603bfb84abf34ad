/** memcached_pass: the same fake memcached behind nginx and foregate. */

import { type MemcachedAnswer, NOT_FOUND, startFakeMemcached, valueAnswer } from "../harness/fake-memcached.ts";
import { startOrigin } from "../harness/origin.ts";
import { get, request, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const LARGE = "0123456789abcdef".repeat(20_000);
const END = "\r\nEND\r\n";
const PAUSE_MS = 20;

/** By key. */
const ANSWERS: Readonly<Record<string, string | MemcachedAnswer>> = {
  "/missing": NOT_FOUND,
  "/missing-and-more": "END\r\nEND\r\n",
  "/not-quite-end": "END \r\n",
  "/empty": valueAnswer("/empty", ""),
  "/empty-in-pieces": { parts: ["VALUE /empty-in-pieces 0 0\r\n", PAUSE_MS, "\r\n", PAUSE_MS, "END\r\n"] },
  "/page.html": valueAnswer("/page.html", "<p>page</p>\n"),
  "/image.gif": valueAnswer("/image.gif", "GIF"),
  "/binary": valueAnswer("/binary", "\0\r\nEND\r\n\xff\r\n"),
  "/large": valueAnswer("/large", LARGE),
  "/flags": valueAnswer("/flags", "flagged", 2),
  "/flags-3": valueAnswer("/flags-3", "flagged", 3),
  "/flags-4": valueAnswer("/flags-4", "flagged", 4),
  "/flags-32-bits": valueAnswer("/flags-32-bits", "flagged", 4_294_967_295),
  "/flags-words": valueAnswer("/flags-words", "flagged", "many"),
  "/flags-none": "VALUE /flags-none  2\r\nab\r\nEND\r\n",
  "/flags-huge": valueAnswer("/flags-huge", "flagged", "99999999999999999999"),
  "/in-bytes": { parts: [...valueAnswer("/in-bytes", "bytes")].flatMap((byte) => [byte, 2]) },
  "/late-trailer": { parts: ["VALUE /late-trailer 0 4\r\nbody", PAUSE_MS, "\r\nEN", PAUSE_MS, "D\r\n"] },
  "/split-value": { parts: ["VALUE /split-value 0 8\r\nval", PAUSE_MS, "ue-ab\r\nEND\r\n"] },
  "/no-trailer": { parts: ["VALUE /no-trailer 0 4\r\nbody"], ending: "close" },
  "/half-trailer": { parts: ["VALUE /half-trailer 0 4\r\nbody\r\nEN"], ending: "close" },
  "/wrong-trailer": "VALUE /wrong-trailer 0 4\r\nbody\r\nENT\r\n",
  "/wrong-trailer-late": { parts: ["VALUE /wrong-trailer-late 0 4\r\nbody", PAUSE_MS, "\r\nENT\r\n"] },
  "/long-trailer": `VALUE /long-trailer 0 4\r\nbody${END}more`,
  "/too-long": `VALUE /too-long 0 4\r\nbody is longer${END}`,
  "/too-short": { parts: [`VALUE /too-short 0 40\r\nbody${END}`], ending: "close" },
  "/closed-in-value": { parts: ["VALUE /closed-in-value 0 400\r\nbody", PAUSE_MS], ending: "close" },
  "/closed-in-line": { parts: ["VALUE /closed-in-li"], ending: "close" },
  "/closed": { parts: [], ending: "close" },
  "/reset": { parts: [], ending: "reset" },
  "/error": "ERROR\r\n",
  "/client-error": "CLIENT_ERROR line too long\r\n",
  "/server-error": "SERVER_ERROR out of memory\r\n",
  "/garbage": "\x16\x03\x01 garbage \xff\r\n",
  "/http": "HTTP/1.1 200 OK\r\n\r\n",
  "/empty-line": "\r\n",
  "/bare-line-feed": "END\n",
  "/bare-value": "VALUE /bare-value 0 4\nbody\r\nEND\r\n",
  "/other-key": valueAnswer("/other", "body"),
  "/key-prefix": valueAnswer("/key-prefix-and-more", "body"),
  "/no-length": "VALUE /no-length 0\r\nbody\r\nEND\r\n",
  "/empty-length": "VALUE /empty-length 0 \r\nbody\r\nEND\r\n",
  "/negative-length": "VALUE /negative-length 0 -4\r\nbody\r\nEND\r\n",
  "/length-and-unique": "VALUE /length-and-unique 0 4 123\r\nbody\r\nEND\r\n",
  "/length-in-hex": "VALUE /length-in-hex 0 0x4\r\nbody\r\nEND\r\n",
  "/lower-case": "value /lower-case 0 4\r\nbody\r\nEND\r\n",
  "/long-line": `VALUE /long-line ${"0".repeat(5000)} 4\r\nbody\r\nEND\r\n`,
};

const conf = `
events {}
http {
  upstream kept { server 127.0.0.1:%%MEMCACHED%%; keepalive 4; }
  upstream two { server 127.0.0.1:%%MEMCACHED%%; server 127.0.0.1:%%SECOND%%; }
  upstream third { server 127.0.0.1:%%SECOND%%; }
  types { text/html html; image/gif gif; }
  default_type text/x-kept;
  server {
    listen 127.0.0.1:%%PORT%%;
    set $memcached_key $uri;
    location / { memcached_pass 127.0.0.1:%%MEMCACHED%%; }
    location /kept/ { set $memcached_key $arg_k; memcached_pass kept; }
    location /unix/ { set $memcached_key $arg_k; memcached_pass unix:%%DIR%%/memcached.sock; }
    location /flag/ { set $memcached_key $arg_k; memcached_gzip_flag 2; memcached_pass 127.0.0.1:%%MEMCACHED%%; }
    location /small/ { set $memcached_key $arg_k; memcached_buffer_size 64; memcached_pass 127.0.0.1:%%MEMCACHED%%; }
    location /unset/ { set $memcached_key ""; memcached_pass 127.0.0.1:%%MEMCACHED%%; }
    location /args/ { set $memcached_key "$uri?$args"; memcached_pass 127.0.0.1:%%MEMCACHED%%; }
    location /echo/ { set $memcached_key $arg_k; memcached_pass third; }
    location /spaces/ { set $memcached_key "a b%\tc"; memcached_pass third; }
    location /dead/ { memcached_pass 127.0.0.1:%%PORT_DEAD%%; }
    location /fallback/ { set $memcached_key $arg_k; memcached_pass 127.0.0.1:%%MEMCACHED%%; error_page 404 502 504 = @fallback; }
    location /page/ { set $memcached_key $arg_k; memcached_pass 127.0.0.1:%%MEMCACHED%%; error_page 404 /404.html; }
    location = /404.html { return 200 "ours\\n"; }
    location /next/ { set $memcached_key $arg_k; memcached_next_upstream not_found invalid_response; memcached_pass two; }
    location /next-off/ { set $memcached_key $arg_k; memcached_next_upstream off; memcached_pass two; }
    location /slow/ { set $memcached_key /silent; memcached_read_timeout 300ms; memcached_pass 127.0.0.1:%%MEMCACHED%%; }
    location /limited/ { set $memcached_key $arg_k; limit_rate 20; memcached_pass 127.0.0.1:%%MEMCACHED%%; }
    location /gunzip/ { set $memcached_key $arg_k; gzip on; gzip_min_length 1; gzip_types *; memcached_pass 127.0.0.1:%%MEMCACHED%%; }
    location /if/ { set $memcached_key $arg_k; if ($arg_k) { memcached_pass 127.0.0.1:%%MEMCACHED%%; } }
    location @fallback { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
  }
}`;

const plain = (key: string): Row => ({ name: `the answer ${key}`, request: get(key) });
const UNKEPT = { compare: { close: false } } as const;

compareRows({
  name: "memcached_pass",
  conf,
  origins: async () => {
    const memcached = await startFakeMemcached((key) => (key === "/silent" ? { parts: [] } : (ANSWERS[key] ?? NOT_FOUND)));
    const second = await startFakeMemcached((key) => valueAnswer(key, `second has ${key}`));
    const origin = await startOrigin(({ method, target }) => {
      const body = `${method} ${target}`;
      return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    });
    return {
      values: { MEMCACHED: memcached.port, SECOND: second.port, ORIGIN: origin.port },
      stop: async () => {
        await memcached.stop();
        await second.stop();
        await origin.stop();
      },
    };
  },
  rows: [
    ...Object.keys(ANSWERS).map(plain),
    ...["/flags", "/flags-3", "/flags-4", "/flags-32-bits", "/flags-words", "/flags-none", "/flags-huge", "/missing"].map((key) => ({
      name: `memcached_gzip_flag ${key}`,
      request: get(`/flag/?k=${key}`),
    })),
    ...["/missing", "/empty", "/page.html", "/wrong-trailer", "/no-trailer", "/error", "/large"].map((key) => ({
      name: `HEAD ${key}`,
      request: request("HEAD", key),
    })),
    ...["bytes=0-3", "bytes=2-", "bytes=-3", "bytes=0-1,3-4", "bytes=100-", "lines=1"].map((range) => ({
      name: `${range} of a value`,
      request: get("/page.html", `Range: ${range}`),
    })),
    { name: "a range of a large value", request: get("/large", "Range: bytes=70000-70009") },
    { name: "a range of a value that comes in pieces", request: get("/late-trailer", "Range: bytes=1-2") },
    ...["POST", "PUT", "DELETE"].map((method) => ({ name: `${method} is not allowed`, request: withContent(method, "/page.html", "a=1") })),
    { name: "OPTIONS is not allowed", request: request("OPTIONS", "/page.html") },
    { name: "a GET with content", request: withContent("GET", "/page.html", "content") },
    { name: "If-Modified-Since is nothing to it", request: get("/page.html", "If-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT") },
    { name: "a variable that is empty", request: get("/unset/") },
    { name: "no answer at all", request: get("/slow/") },
    { name: "nothing listens", request: get("/dead/") },
    { name: "a key of uri and arguments", request: get("/args/a%20b?c=%20") },
    { name: "what a key cannot hold is escaped", request: get("/spaces/") },
    { name: "a key with bytes of all kinds", request: get("/echo/?k=a%01%7f%25%22\xe9") },
    { name: "a long key", request: get(`/echo/?k=${"k".repeat(900)}`) },
    { name: "a key that is not in the first answers from the second", request: get("/next/?k=/missing") },
    { name: "an invalid answer goes to the second", request: get("/next/?k=/error") },
    { name: "a small buffer holds a line", request: get("/small/?k=/page.html") },
    { name: "a small buffer does not hold a long line", request: get("/small/?k=/long-line") },
    { name: "a unix socket with nothing behind it", request: get("/unix/?k=/page.html") },
    { name: "an if", request: get("/if/?k=/page.html") },
    { name: "limit_rate is nothing to it", request: get("/limited/?k=/large") },
    { name: "an answer is compressed", request: get("/gunzip/?k=/page.html", "Accept-Encoding: gzip"), compare: { body: false } },
    ...["/missing", "/error", "/page.html", "/closed"].map((key) => ({ name: `fallback for ${key}`, request: get(`/fallback/?k=${key}`) })),
    { name: "an error page for what is missing", request: get("/page/?k=/missing") },
    ...["/page.html", "/missing", "/empty", "/wrong-trailer", "/page.html"].map((key, index) => ({
      name: `a kept connection ${index}: ${key}`,
      request: get(`/kept/?k=${key}`),
      ...UNKEPT,
    })),
    { name: "an HTTP/1.0 client", request: "GET /page.html HTTP/1.0\r\n\r\n" },
  ],
  claims: [/connect\(\) to unix:.* failed/],
});
