/** Conditional requests and byte ranges of static files. */

import { get, head, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    location /exact/ { if_modified_since exact; alias %%DIR%%/www/; }
    location /before/ { if_modified_since before; alias %%DIR%%/www/; }
    location /never/ { if_modified_since off; alias %%DIR%%/www/; }
    location /no-ranges/ { max_ranges 0; alias %%DIR%%/www/; }
    location /two-ranges/ { max_ranges 2; alias %%DIR%%/www/; }
    location /no-etag/ { etag off; alias %%DIR%%/www/; }
    location /returned { return 200 "0123456789"; }
  }
}`;

const ETAG = '"65e079f0-a"';
const MODIFIED = "Thu, 29 Feb 2024 12:34:56 GMT";
const BEFORE = "Thu, 29 Feb 2024 12:34:55 GMT";
const AFTER = "Thu, 29 Feb 2024 12:34:57 GMT";

const fields = (...list: readonly (readonly string[])[]): readonly Row[] =>
  list.map((lines) => ({ name: `ten.txt with ${lines.join(", ")}`, request: get("/ten.txt", ...lines) }));
const ranges = (...list: readonly string[]): readonly Row[] =>
  list.map((range) => ({ name: `Range ${JSON.stringify(range)}`, request: get("/ten.txt", `Range: ${range}`) }));

compareRows({
  name: "conditions and ranges",
  conf,
  files: { "www/ten.txt": "0123456789", "www/empty.txt": "" },
  rows: [
    ...fields(
      [`If-None-Match: ${ETAG}`],
      [`If-None-Match: W/${ETAG}`],
      ['If-None-Match: "other"'],
      ["If-None-Match: *"],
      [`If-None-Match: "a", ${ETAG}`],
    ),
    ...fields(
      [`If-None-Match: ${ETAG.slice(1)}`],
      ["If-None-Match:"],
      [`If-Match: ${ETAG}`],
      ['If-Match: "other"'],
      ["If-Match: *"],
      [`If-Match: W/${ETAG}`],
    ),
    ...fields(
      [`If-Match: "a",${ETAG}`],
      [`If-Modified-Since: ${MODIFIED}`],
      [`If-Modified-Since: ${BEFORE}`],
      [`If-Modified-Since: ${AFTER}`],
    ),
    ...fields(
      ["If-Modified-Since: nonsense"],
      ["If-Modified-Since: Thursday, 29-Feb-24 12:34:56 GMT"],
      ["If-Modified-Since: Thu Feb 29 12:34:56 2024"],
    ),
    ...fields(
      [`If-Unmodified-Since: ${MODIFIED}`],
      [`If-Unmodified-Since: ${BEFORE}`],
      [`If-Unmodified-Since: ${AFTER}`],
      ["If-Unmodified-Since: nonsense"],
    ),
    ...fields([`If-None-Match: ${ETAG}`, `If-Modified-Since: ${BEFORE}`], ['If-None-Match: "other"', `If-Modified-Since: ${MODIFIED}`]),
    ...fields([`If-Match: ${ETAG}`, `If-None-Match: ${ETAG}`], ['If-Match: "other"', `If-None-Match: ${ETAG}`]),
    { name: "if_modified_since exact with the exact time", request: get("/exact/ten.txt", `If-Modified-Since: ${MODIFIED}`) },
    { name: "if_modified_since exact with a later time", request: get("/exact/ten.txt", `If-Modified-Since: ${AFTER}`) },
    { name: "if_modified_since before with a later time", request: get("/before/ten.txt", `If-Modified-Since: ${AFTER}`) },
    { name: "if_modified_since off", request: get("/never/ten.txt", `If-Modified-Since: ${MODIFIED}`) },
    { name: "etag off answers no If-None-Match", request: get("/no-etag/ten.txt", `If-None-Match: ${ETAG}`) },
    { name: "HEAD not modified", request: request("HEAD", "/ten.txt", `If-None-Match: ${ETAG}`) },
    { name: "POST with If-None-Match", request: request("POST", "/ten.txt", `If-None-Match: ${ETAG}`, "Content-Length: 0") },
    { name: "HTTP/1.0 not modified", request: head("GET /ten.txt HTTP/1.0", `If-Modified-Since: ${MODIFIED}`) },
    ...ranges(
      "bytes=0-0",
      "bytes=0-4",
      "bytes=5-",
      "bytes=-3",
      "bytes=9-9",
      "bytes=0-9",
      "bytes=0-99",
      "bytes=-99",
      "bytes=-0",
      "bytes=10-",
      "bytes=10-11",
    ),
    ...ranges(
      "bytes=5-4",
      "bytes=",
      "bytes=-",
      "bytes=a-b",
      "bytes=1-2x",
      "bytes 0-1",
      "items=0-1",
      "BYTES=0-1",
      "bytes=0-1,3-4",
      "bytes= 0-1 , 3-4",
      "bytes=0-1,,3-4",
    ),
    ...ranges(
      "bytes=0-1,20-30",
      "bytes=20-30,40-50",
      "bytes=0-5,3-9",
      "bytes=0-,0-",
      "bytes=-1,-2",
      "bytes=0-18446744073709551615",
      "bytes=18446744073709551616-",
    ),
    ...ranges(
      "bytes=9223372036854775807-",
      "bytes=-9223372036854775807",
      "bytes=0-0,-1",
      "bytes=1-1,2-2,3-3",
      "bytes=,0-1",
      "bytes=0-1,",
      "bytes=0 -1",
      "bytes=-1-2",
    ),
    { name: "a range of an empty file", request: get("/empty.txt", "Range: bytes=0-0") },
    { name: "a suffix range of an empty file", request: get("/empty.txt", "Range: bytes=-1") },
    { name: "HEAD of a range", request: request("HEAD", "/ten.txt", "Range: bytes=0-1") },
    { name: "HTTP/1.0 range", request: head("GET /ten.txt HTTP/1.0", "Range: bytes=0-1") },
    { name: "max_ranges 0", request: get("/no-ranges/ten.txt", "Range: bytes=0-1") },
    { name: "max_ranges at its limit", request: get("/two-ranges/ten.txt", "Range: bytes=0-1,3-4") },
    { name: "past max_ranges", request: get("/two-ranges/ten.txt", "Range: bytes=0-1,3-4,6-6") },
    { name: "If-Range with the ETag", request: get("/ten.txt", "Range: bytes=0-1", `If-Range: ${ETAG}`) },
    { name: "If-Range with another ETag", request: get("/ten.txt", "Range: bytes=0-1", 'If-Range: "other"') },
    { name: "If-Range with a weak ETag", request: get("/ten.txt", "Range: bytes=0-1", `If-Range: W/${ETAG}`) },
    { name: "If-Range with the date", request: get("/ten.txt", "Range: bytes=0-1", `If-Range: ${MODIFIED}`) },
    { name: "If-Range with an earlier date", request: get("/ten.txt", "Range: bytes=0-1", `If-Range: ${BEFORE}`) },
    { name: "If-Range with a later date", request: get("/ten.txt", "Range: bytes=0-1", `If-Range: ${AFTER}`) },
    { name: "If-Range that is neither", request: get("/ten.txt", "Range: bytes=0-1", "If-Range: x") },
    { name: "a range and not modified", request: get("/ten.txt", "Range: bytes=0-1", `If-None-Match: ${ETAG}`) },
    { name: "a range of a returned text", request: get("/returned", "Range: bytes=0-1") },
    { name: "two Range fields", request: get("/ten.txt", "Range: bytes=0-1", "Range: bytes=3-4") },
  ],
});
