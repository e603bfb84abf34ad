/** `proxy_force_ranges`: ranges of an answer whose upstream knows of none. */

import { startOrigin } from "../harness/origin.ts";
import { request } from "./requests.ts";
import { compareRows } from "./run-rows.ts";

const TEXT = "0123456789".repeat(10);
const LARGE = "0123456789abcdef".repeat(10_000);

const answer = (body: string, ...fields: readonly string[]): string =>
  ["HTTP/1.1 200 OK", `Content-Length: ${body.length}`, "Content-Type: text/plain", ...fields, "", body].join("\r\n");

const conf = `
events {}
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    location / { proxy_force_ranges on; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /unbuffered { proxy_force_ranges on; proxy_buffering off; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    location /off { proxy_pass http://127.0.0.1:%%ORIGIN%%; }
  }
}`;

const RANGES: readonly string[] = [
  "bytes=0-0",
  "bytes=10-19",
  "bytes=-5",
  "bytes=95-",
  "bytes=0-4,20-24",
  "bytes=100-",
  "bytes=x",
  "lines=1-2",
];
const LARGE_RANGES: readonly string[] = ["bytes=0-15", "bytes=70000-70099", "bytes=-100", "bytes=65535-65536", "bytes=0-"];

compareRows({
  name: "proxy_force_ranges",
  conf,
  origins: async () => {
    const origin = await startOrigin(({ target }) => {
      if (target.endsWith("/known")) return answer(TEXT, "Accept-Ranges: none", 'ETag: "a"');
      if (target.endsWith("/dated")) return answer(TEXT, "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT");
      if (target.endsWith("/chunked")) return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
      if (target.endsWith("/absent")) return answer(TEXT).replace("200 OK", "404 Not Found");
      if (!target.endsWith("/large")) return answer(TEXT);
      const text = answer(LARGE);
      return { parts: [text.slice(0, 50_000), 20, text.slice(50_000)] };
    });
    return { values: { ORIGIN: origin.port }, stop: () => origin.stop() };
  },
  rows: [
    ...RANGES.map((range) => ({
      name: `${range} of a small answer`,
      request: request("GET", "/", `Range: ${range}`),
      compare: { close: false },
    })),
    ...["", "/unbuffered"].flatMap((place) =>
      LARGE_RANGES.map((range) => ({
        name: `${range} of a large answer ${place}`,
        request: request("GET", `${place}/large`, `Range: ${range}`),
        compare: { close: false },
      })),
    ),
    { name: "no range", request: request("GET", "/"), compare: { close: false } },
    { name: "no range of a large answer", request: request("GET", "/large"), compare: { close: false } },
    { name: "a HEAD", request: request("HEAD", "/", "Range: bytes=0-4"), compare: { close: false } },
    { name: "If-Range that holds", request: request("GET", "/known", "Range: bytes=0-4", 'If-Range: "a"'), compare: { close: false } },
    {
      name: "If-Range with a date",
      request: request("GET", "/dated", "Range: bytes=0-4", "If-Range: Thu, 01 Jan 2026 00:00:00 GMT"),
      compare: { close: false },
    },
    { name: "If-Range that does not", request: request("GET", "/known", "Range: bytes=0-4", 'If-Range: "b"'), compare: { close: false } },
    { name: "Accept-Ranges of the upstream", request: request("GET", "/known"), compare: { close: false } },
    { name: "an answer of unknown length", request: request("GET", "/chunked", "Range: bytes=0-1"), compare: { close: false } },
    { name: "another status", request: request("GET", "/absent", "Range: bytes=0-1"), compare: { close: false } },
    { name: "off", request: request("GET", "/off/known", "Range: bytes=0-1"), compare: { close: false } },
  ],
});
