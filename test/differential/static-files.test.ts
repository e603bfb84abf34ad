/** Static files: root, alias, index, types, directory redirects and what is refused. */

import { get, head, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  default_type application/octet-stream;
  types { text/html html htm; text/plain txt; text/css css; image/png png; application/json json; application/x-tar tar.gz; }
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    add_header X-Location / always;
    location /alias/ { alias %%DIR%%/other/; }
    location /alias-noslash { alias %%DIR%%/other; }
    location = /alias-file { alias %%DIR%%/other/b.txt; }
    location ~ ^/captured/(.+)$ { alias %%DIR%%/other/$1; }
    location /alias-index/ { alias %%DIR%%/other/; index b.txt; }
    location /rooted/ { root %%DIR%%/deeper; }
    location /typed/ { types { } default_type text/x-typed; }
    location /retyped/ { types { text/x-retyped txt; } }
    location /index-list/ { index missing.html second.html index.html; }
    location /index-absolute/ { index missing.html /index-absolute/fallback.html; }
    location /index-none/ { index none.html; }
    location ~ \\.html$ { add_header X-Location "~ html" always; }
    location /no-etag/ { etag off; }
    location /relative/ { absolute_redirect off; }
    location /noport/ { port_in_redirect off; }
    location /dir-variable/ { root %%DIR%%/$arg_root; }
    location /logged/ { log_not_found off; }
    location /utf8/ { }
    location /empty-type/ { default_type ""; }
  }
}`;

const files = {
  "www/index.html": "<p>home</p>\n",
  "www/a.txt": "plain\n",
  "www/empty.txt": "",
  "www/style.css": "p{}\n",
  "www/data.json": "{}\n",
  "www/image.png": "\x89PNG",
  "www/UPPER.TXT": "upper\n",
  "www/noextension": "none\n",
  "www/archive.tar.gz": "tgz",
  "www/dot.": "dot\n",
  "www/.hidden": "hidden\n",
  "www/with space.txt": "space\n",
  "www/percent%41.txt": "percent\n",
  "www/caf\xc3\xa9.txt": "utf8\n",
  "www/plus+.txt": "plus\n",
  "www/question?.txt": "question\n",
  "www/dir/index.html": "<p>dir</p>\n",
  "www/dir/sub/x.txt": "x\n",
  "www/dir with space/index.html": "spaced\n",
  "www/bare/": "",
  "www/index-list/second.html": "second\n",
  "www/index-absolute/fallback.html": "fallback\n",
  "www/index-none/a.txt": "a\n",
  "www/typed/a.txt": "typed\n",
  "www/retyped/a.txt": "retyped\n",
  "www/retyped/a.css": "css\n",
  "www/no-etag/a.txt": "no etag\n",
  "www/link.txt": { symlink: "a.txt" },
  "www/broken.txt": { symlink: "nowhere.txt" },
  "www/linked-dir": { symlink: "dir" },
  "www/relative/dir/index.html": "relative\n",
  "www/noport/dir/index.html": "noport\n",
  "www/empty-type/x.unknown": "x\n",
  "other/index.html": "other index\n",
  "other/b.txt": "b\n",
  "other/sub/c.txt": "c\n",
  "deeper/rooted/r.txt": "r\n",
  "deeper/dir-variable/v.txt": "v\n",
  "www/large.txt": "0123456789abcdef".repeat(12_500),
};

const gets = (...targets: readonly string[]): readonly Row[] => targets.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "static",
  conf,
  files,
  rows: [
    ...gets(
      "/",
      "/index.html",
      "/a.txt",
      "/a.txt?q=1",
      "/empty.txt",
      "/style.css",
      "/data.json",
      "/image.png",
      "/UPPER.TXT",
      "/noextension",
      "/archive.tar.gz",
    ),
    ...gets(
      "/dot.",
      "/.hidden",
      "/with%20space.txt",
      "/percent%2541.txt",
      "/percent%41.txt",
      "/caf%C3%A9.txt",
      "/caf\xc3\xa9.txt",
      "/plus+.txt",
      "/plus%2B.txt",
    ),
    ...gets(
      "/question%3F.txt",
      "/question?.txt",
      "/a.txt/",
      "/a.txt/x",
      "/missing.txt",
      "/missing/",
      "/missing/index.html",
      "/A.TXT",
      "/large.txt",
    ),
    ...gets(
      "/dir",
      "/dir/",
      "/dir?x=1",
      "/dir/index.html",
      "/dir/sub",
      "/dir/sub/",
      "/dir/sub/x.txt",
      "/dir%20with%20space",
      "/dir with space/",
      "/bare",
      "/bare/",
    ),
    ...gets(
      "/index-list/",
      "/index-absolute/",
      "/index-none/",
      "/index-none/a.txt",
      "/typed/a.txt",
      "/retyped/a.txt",
      "/retyped/a.css",
      "/no-etag/a.txt",
    ),
    ...gets("/link.txt", "/broken.txt", "/linked-dir", "/linked-dir/"),
    ...gets(
      "/alias/b.txt",
      "/alias/",
      "/alias/sub",
      "/alias/sub/c.txt",
      "/alias/missing",
      "/alias",
      "/alias-noslash/b.txt",
      "/alias-noslash",
      "/alias-file",
    ),
    ...gets(
      "/captured/b.txt",
      "/captured/sub/c.txt",
      "/captured/missing",
      "/alias-index/",
      "/rooted/r.txt",
      "/rooted/missing",
      "/dir-variable/v.txt?root=deeper",
    ),
    ...gets("/dir-variable/v.txt?root=www", "/relative/dir", "/relative/dir?a=b", "/noport/dir", "/logged/missing"),
    ...gets(
      "/empty-type/x.unknown",
      "/dir/../a.txt",
      "/dir//sub/x.txt",
      "/%61.txt",
      "/dir%2Findex.html",
      "/alias/../a.txt",
      "/alias/%2e%2e/a.txt",
    ),
    { name: "the slash that alias lacks lets nobody out", request: get("/alias-noslash../www/a.txt") },
    { name: "HEAD of a file", request: request("HEAD", "/a.txt") },
    { name: "HEAD of an empty file", request: request("HEAD", "/empty.txt") },
    { name: "HEAD of a missing file", request: request("HEAD", "/missing") },
    { name: "HEAD of a directory without its slash", request: request("HEAD", "/dir") },
    { name: "POST to a directory", request: request("POST", "/dir/", "Content-Length: 0") },
    { name: "POST to a missing file", request: request("POST", "/missing", "Content-Length: 0") },
    { name: "PUT to a file", request: request("PUT", "/a.txt", "Content-Length: 0") },
    { name: "DELETE of a file", request: request("DELETE", "/a.txt") },
    { name: "HTTP/1.0 of a file", request: head("GET /a.txt HTTP/1.0") },
    { name: "HTTP/1.0 directory redirect without a Host", request: head("GET /dir HTTP/1.0") },
    { name: "directory redirect to the host that was asked for", request: head("GET /dir HTTP/1.1", "Host: Other.Test:1234") },
    { name: "a name longer than a path may be", request: get(`/${"x".repeat(300)}`) },
  ],
  claims: [/File name too long/],
});
