/** Directory listings, files drawn at random and the empty pixel: autoindex, random_index, empty_gif. */

import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  types { text/html html; text/plain txt; }
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    autoindex on;
    location /s/ { alias %%DIR%%/www/names/; autoindex_exact_size off; }
    location /local/ { alias %%DIR%%/www/names/; autoindex_localtime on; }
    location /json/ { alias %%DIR%%/www/names/; autoindex_format json; }
    location /jsonp/ { alias %%DIR%%/www/names/; autoindex_format jsonp; }
    location /utf8/ { alias %%DIR%%/www/names/; charset utf-8; }
    location /utf8-xml/ { alias %%DIR%%/www/names/; charset utf-8; autoindex_format xml; }
    location /xml/ { alias %%DIR%%/www/names/; autoindex_format xml; autoindex_exact_size off; }
    location /empty-json/ { alias %%DIR%%/www/empty/; autoindex_format json; }
    location /empty-jsonp/ { alias %%DIR%%/www/empty/; autoindex_format jsonp; }
    location /empty-xml/ { alias %%DIR%%/www/empty/; autoindex_format xml; }
    location /missing/ { }
    location /file-as-directory/ { alias %%DIR%%/www/names/a.txt/; }
    location /long/ { alias %%DIR%%/${"l".repeat(300)}/; }
    location /off/ { autoindex off; alias %%DIR%%/www/names/; }
    location /variables/ { alias %%DIR%%/www/$arg_directory/; }
    location /random/ { random_index on; }
    location /random-empty/ { random_index on; autoindex off; }
    location /random-listed/ { random_index on; }
    location /random-missing/ { random_index on; }
    location /pixel { empty_gif; location /pixel/inner { } }
    location /pixel-if { empty_gif; if ($arg_if) { set $x 1; } }
  }
}`;

/** Contents of as many bytes as each name says in its middle. */
const sized = (bytes: number): string => "x".repeat(bytes);

const files = {
  "www/empty/": "",
  "www/indexed/index.html": "index\n",
  "www/names/a.txt": "a\n",
  "www/names/a b.txt": sized(333),
  "www/names/.hidden": "hidden\n",
  "www/names/A": "",
  "www/names/B": sized(9_999),
  "www/names/k": sized(10_000),
  "www/names/k-half": sized(10_752),
  "www/names/k-more": sized(10_753),
  "www/names/m-": sized(1_048_575),
  "www/names/m": sized(1_048_576),
  "www/names/m-half": sized(1_572_864),
  'www/names/q"uote<&>.txt': "q\n",
  "www/names/caf\xc3\xa9.txt": "utf8\n",
  "www/names/not-utf8-\xff\xfe": "bytes\n",
  [`www/names/${"x".repeat(49)}`]: "49\n",
  [`www/names/${"y".repeat(50)}`]: "50\n",
  [`www/names/${"z".repeat(51)}`]: "51\n",
  [`www/names/${"<".repeat(51)}`]: "51 escaped\n",
  [`www/names/${"\xc3\xa9".repeat(30)}`]: "30 of two bytes\n",
  [`www/names/${"\xc3\xbc".repeat(51)}`]: "51 of two bytes\n",
  "www/names/colon:x": "colon\n",
  "www/names/100%": "percent\n",
  "www/names/semi;colon&amp": "semicolon\n",
  "www/names/new\nline": "line\n",
  "www/names/back\\slash": "slash\n",
  "www/names/tab\t": "tab\n",
  "www/names/\x01control\x7f": "control\n",
  "www/names/apo'strophe": "apostrophe\n",
  "www/names/#hash?query+plus": "hash\n",
  "www/names/link.txt": { symlink: "a.txt" },
  "www/names/broken": { symlink: "nowhere" },
  "www/names/loop": { symlink: "loop" },
  'www/title <"&>/': "",
  "www/random/only.txt": "drawn\n",
  "www/random/.hidden": "never\n",
  "www/random/directory/": "",
  "www/random-empty/directory/": "",
  "www/random-listed/": "",
};

const gets = (...targets: readonly string[]): readonly Row[] => targets.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "autoindex",
  conf,
  files,
  rows: [
    ...gets("/names/", "/names", "/names/a.txt", "/names/?C=M", "/empty/", "/indexed/", "/title%20%3C%22%26%3E/"),
    ...gets(
      "/utf8/",
      "/utf8-xml/",
      "/s/",
      "/local/",
      "/json/",
      "/jsonp/",
      "/jsonp/?callback=a.b_1",
      "/xml/",
      "/empty-json/",
      "/empty-jsonp/?callback=f",
      "/empty-xml/",
    ),
    ...gets("/jsonp/?callback=", "/jsonp/?callback=a-b", "/jsonp/?callback=a%2Eb", "/jsonp/?x=1&CALLBACK=up", "/jsonp/?callback=alert(1)"),
    ...gets(`/jsonp/?callback=${"c".repeat(128)}`, `/jsonp/?callback=${"c".repeat(129)}`),
    ...gets("/missing/", "/file-as-directory/", "/long/", "/off/", "/variables/?directory=empty", "/variables/?directory=none"),
    { name: "HEAD of a listing", request: request("HEAD", "/names/") },
    { name: "HEAD of an XML listing", request: request("HEAD", "/xml/") },
    { name: "POST to a directory", request: request("POST", "/names/", "Content-Length: 0") },
    { name: "PUT to a directory", request: request("PUT", "/names/", "Content-Length: 0") },
    { name: "a range of a listing", request: get("/names/", "Range: bytes=0-3") },
    { name: "a listing over HTTP/1.0", request: "GET /names/ HTTP/1.0\r\n\r\n" },
    ...gets("/random/", "/random/?a=1", "/random-empty/", "/random-listed/", "/random-missing/", "/random/only.txt"),
    { name: "POST to a file drawn at random", request: request("POST", "/random/", "Content-Length: 0") },
    { name: "DELETE of a directory with random_index", request: request("DELETE", "/random/") },
    ...gets("/pixel", "/pixel/deeper", "/pixel/inner", "/pixel-if", "/pixel-if?if=1"),
    { name: "HEAD of the pixel", request: request("HEAD", "/pixel") },
    { name: "POST to the pixel", request: request("POST", "/pixel", "Content-Length: 0") },
    { name: "the pixel when it is known", request: get("/pixel", "If-Modified-Since: Mon, 28 Sep 1970 06:00:00 GMT") },
    { name: "a range of the pixel", request: get("/pixel", "Range: bytes=0-2") },
  ],
});
