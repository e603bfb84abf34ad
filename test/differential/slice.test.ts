/** `slice`: answers put together of slices, the ranges that clients cut from them, and upstreams that play another game. */

import { type OriginRequest, startOrigin } from "../harness/origin.ts";
import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const ORIGIN = "http://127.0.0.1:%%ORIGIN%%";

const conf = `
http {
  proxy_http_version 1.1;
  proxy_set_header Range $slice_range;
  proxy_set_header Connection "";
  server {
    listen 127.0.0.1:%%PORT%%;
    slice 10;
    location / { proxy_pass ${ORIGIN}; }
    location /large-slices/ { slice 1k; proxy_pass ${ORIGIN}/; }
    location /off/ { slice 0; proxy_pass ${ORIGIN}/; }
    location /unasked/ { proxy_set_header Range ""; proxy_set_header Connection ""; proxy_pass ${ORIGIN}/; }
    location ~ ^/rewritten/(.*)$ { rewrite ^ /$1 break; proxy_pass ${ORIGIN}; }
    location /no-ranges/ { max_ranges 0; proxy_pass ${ORIGIN}/; }
  }
}`;

const CONTENT = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** A file of 62 bytes; the first segment of the target says what is wrong with its slices. */
function answer({ method, target, fields }: OriginRequest): string {
  const wanted = /^bytes=(\d+)-(\d+)$/.exec(fields.find(([name]) => name === "Range")?.[1] ?? "");
  const [kind] = target.slice(1).split("/");
  const content = kind === "even" ? CONTENT.slice(0, 40) : kind === "empty" ? "" : CONTENT;
  const body = (text: string): string => `Content-Length: ${text.length}\r\n\r\n${method === "HEAD" ? "" : text}`;
  const first = Number(wanted?.[1] ?? 0);
  if (kind === "whole" || wanted === null) return `HTTP/1.1 200 OK\r\nETag: "v"\r\nAccept-Ranges: bytes\r\n${body(content)}`;
  if (first >= content.length) return `HTTP/1.1 416 No\r\nContent-Range: bytes */${content.length}\r\n${body("no such range")}`;
  if (kind === "later-500" && first >= 20) return `HTTP/1.1 500 Broken\r\n${body("broken")}`;
  const part = content.slice(first, Number(wanted[2]) + 1);
  const end = first + part.length - 1;
  const etag = kind === "untagged" ? "" : kind === "changing" && first >= 20 ? 'ETag: "w"\r\n' : 'ETag: "v"\r\n';
  const length = kind === "unknown-length" ? "*" : String(content.length);
  const range =
    kind === "shifted" ? `bytes ${first + 1}-${end}/${length}` : kind === "garbage" ? "bytes x" : `bytes ${first}-${end}/${length}`;
  const head = `HTTP/1.1 206 Partial\r\n${etag}Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\nAccept-Ranges: bytes\r\nContent-Type: text/plain\r\n`;
  return `${head}Content-Range: ${range}\r\n${body(part)}`;
}

const gets = (...targets: readonly string[]): readonly Row[] => targets.map((target) => ({ name: `GET ${target}`, request: get(target) }));
const ranges = (...list: readonly string[]): readonly Row[] =>
  list.map((range) => ({ name: `Range: ${range}`, request: get("/file", `Range: ${range}`) }));

const wrong = (ours: number, ...kinds: readonly string[]): readonly Row[] =>
  kinds.map((kind) => ({ name: `slices that are ${kind}`, request: get(`/${kind}/file`), differs: "wrong-slices", ours }));

compareRows({
  name: "slice",
  conf,
  origins: async () => {
    const origin = await startOrigin(answer);
    return { values: { ORIGIN: origin.port }, stop: origin.stop };
  },
  rows: [
    ...gets("/file", "/even/file", "/empty/file", "/large-slices/file", "/off/file", "/unasked/file", "/rewritten/file", "/untagged/file"),
    ...gets("/whole/file", "/file?a=b"),
    ...ranges("bytes=0-0", "bytes=0-9", "bytes=5-14", "bytes=10-19", "bytes=9-10", "bytes=25-", "bytes=60-", "bytes=61-100", "bytes=62-"),
    ...ranges(
      "bytes=-5",
      "bytes=-100",
      "bytes=0-0,5-5",
      "bytes=30-31,5-5",
      "bytes=5-1",
      "bytes=x",
      "lines=1-2",
      "bytes=1000-",
      "bytes= 15 - 17",
    ),
    { name: "a range that If-Range holds for", request: get("/file", "Range: bytes=25-30", 'If-Range: "v"') },
    { name: "a range that If-Range does not hold for", request: get("/file", "Range: bytes=25-30", 'If-Range: "w"') },
    {
      name: "a range that If-Range's date holds for",
      request: get("/file", "Range: bytes=25-30", "If-Range: Mon, 01 Jan 2024 00:00:00 GMT"),
    },
    { name: "a range of what is not sliced", request: get("/off/file", "Range: bytes=5-9") },
    { name: "a range of an upstream that sends the whole", request: get("/whole/file", "Range: bytes=25-30") },
    { name: "a range of an empty file", request: get("/empty/file", "Range: bytes=0-1") },
    { name: "no ranges are cut", request: get("/no-ranges/file", "Range: bytes=0-1") },
    { name: "HEAD", request: request("HEAD", "/file") },
    { name: "If-None-Match", request: get("/file", 'If-None-Match: "v"') },
    { name: "two requests on one connection", request: get("/file", "Connection: keep-alive") + get("/even/file"), answers: 2 },
    ...wrong(200, "changing", "later-500"),
    ...wrong(502, "shifted", "garbage", "unknown-length"),
  ],
});
