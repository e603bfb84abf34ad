/** try_files: candidates, directories, fallbacks, and its way with root, alias and index. */

import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  default_type text/plain;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    add_header X-Location server always;
    location / { add_header X-Location / always; try_files $uri $uri/ /fallback?q=$uri&$args; }
    location = /fallback { add_header X-Location "= /fallback" always; return 200 "fallback [$uri] [$args]\\n"; }
    location /status/ { try_files $uri =404; }
    location /status-410/ { try_files $uri =410; }
    location /named/ { try_files $uri @named; }
    location @named { add_header X-Location @named always; return 200 "named [$uri] [$args]\\n"; }
    location /html/ { try_files $uri $uri.html $uri/index.html =404; }
    location /directories/ { try_files $uri/ =404; }
    location /files-only/ { try_files $uri =404; }
    location /alias/ { alias %%DIR%%/other/; try_files $uri $uri/ =404; }
    location /alias-fallback/ { alias %%DIR%%/other/; try_files $uri /alias-fallback/b.txt; }
    location ~ ^/regex/(?<file>.*)$ { try_files /$file =404; }
    location /fixed/ { try_files /fixed.txt =404; }
    location /fixed-last/ { try_files $uri /a.txt; }
    location /query/ { try_files $uri $uri?x=1 =404; }
    location /missing-fallback/ { try_files $uri /nowhere/at/all; }
    location /nowhere/ { return 404 "nowhere\\n"; }
    location /internal-fallback/ { try_files $uri /internal-only/x; }
    location /internal-only/ { internal; return 200 "internal\\n"; }
    location /variables/ { try_files /$arg_file /$arg_other =404; }
    location /rewritten/ { rewrite ^/rewritten/(.*)$ /$1 break; try_files $uri =404; }
    location /spaced/ { try_files "$uri with space.txt" =404; }
    location /loop/ { try_files /none /loop/again; }
    location /missing-named/ { try_files $uri @nowhere; }
  }
}`;

const targets = (...list: readonly string[]): readonly Row[] => list.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "try_files",
  conf,
  files: {
    "www/index.html": "home\n",
    "www/a.txt": "a\n",
    "www/fixed.txt": "fixed\n",
    "www/dir/index.html": "dir\n",
    "www/bare/": "",
    "www/status/a.txt": "status a\n",
    "www/html/page.html": "page\n",
    "www/html/sub/index.html": "sub\n",
    "www/directories/d/index.html": "d\n",
    "www/directories/e/": "",
    "www/files-only/d/": "",
    "www/spaced/a with space.txt": "spaced\n",
    "other/b.txt": "b\n",
    "other/index.html": "other\n",
    "other/sub/": "",
  },
  rows: [
    ...targets(
      "/",
      "/a.txt",
      "/missing",
      "/missing?x=1",
      "/dir",
      "/dir/",
      "/dir?x=1",
      "/bare",
      "/bare/",
      "/missing%20x",
      "/a%2etxt",
      "/a.txt/",
    ),
    ...targets(
      "/status/a.txt",
      "/status/b.txt",
      "/status/",
      "/status-410/x",
      "/named/x?y=1",
      "/html/page",
      "/html/page.html",
      "/html/sub",
      "/html/none",
    ),
    ...targets(
      "/directories/d",
      "/directories/d/",
      "/directories/e",
      "/directories/none",
      "/files-only/d",
      "/alias/b.txt",
      "/alias/sub",
      "/alias/none",
      "/alias/",
    ),
    ...targets(
      "/alias-fallback/b.txt",
      "/alias-fallback/x",
      "/regex/a.txt",
      "/regex/none",
      "/fixed/anything",
      "/fixed-last/x",
      "/query/x",
      "/missing-fallback/x",
    ),
    ...targets(
      "/internal-fallback/x",
      "/variables/?file=a.txt",
      "/variables/?file=none&other=a.txt",
      "/variables/",
      "/rewritten/a.txt",
      "/rewritten/none",
    ),
    ...targets("/spaced/a", "/loop/x", "/missing-named/x"),
    { name: "HEAD through a fallback", request: request("HEAD", "/missing") },
    { name: "POST through a fallback", request: request("POST", "/missing", "Content-Length: 0") },
    { name: "POST to a file that is there", request: request("POST", "/a.txt", "Content-Length: 0") },
  ],
});
