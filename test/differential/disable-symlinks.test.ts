/** Links that are not followed: disable_symlinks, for files, index files, try_files and compressed files. */

import { get } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  types { text/plain txt; text/html html; }
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    disable_symlinks on;
    location /off/ { alias %%DIR%%/www/; disable_symlinks off; }
    location /owner/ { alias %%DIR%%/www/; disable_symlinks if_not_owner; }
    location /from/ { alias %%DIR%%/linked-root/; disable_symlinks on from=%%DIR%%/linked-root; }
    location /from-slash/ { alias %%DIR%%/linked-root/; disable_symlinks on from=%%DIR%%/linked-root/; }
    location /from-root/ { root %%DIR%%/linked-root; disable_symlinks on from=$document_root; }
    location /from-elsewhere/ { alias %%DIR%%/linked-root/; disable_symlinks on from=/elsewhere; }
    location /from-middle/ { alias %%DIR%%/linked-root/; disable_symlinks on from=%%DIR%%/linked-ro; }
    location /from-owner/ { alias %%DIR%%/linked-root/; disable_symlinks if_not_owner from=%%DIR%%/linked-root; }
    location = /from-whole { alias %%DIR%%/www/link.txt; disable_symlinks on from=%%DIR%%/www/link.txt; }
    location /linked-root/ { alias %%DIR%%/linked-root/; }
    location /slashes/ { alias %%DIR%%//www/./; }
    location /upward/ { alias %%DIR%%/www/dir/../; }
    location /try/ { try_files /link.txt /linked-dir/ /fallback.txt =418; }
    location /if/ { set $is ""; if (-f $document_root/link.txt) { set $is "a file"; } if (-e $document_root/a.txt) { set $is "$is, there"; } return 200 "$is"; }
    location /index/ { alias %%DIR%%/www/; index link.txt fallback.txt; }
    location /compressed/ { alias %%DIR%%/www/; gzip_static always; }
    location /listed/ { alias %%DIR%%/linked-root/; autoindex on; }
  }
}`;

const files = {
  "www/fallback.txt": "fallback\n",
  "www/a.txt": "a\n",
  "www/large.txt": "0123456789abcdef".repeat(12_500),
  "www/with space.txt": "space\n",
  "www/caf\xc3\xa9.txt": "utf8\n",
  "www/link.txt": { symlink: "a.txt" },
  "www/broken.txt": { symlink: "nowhere.txt" },
  "www/loop.txt": { symlink: "loop.txt" },
  "www/dir/b.txt": "b\n",
  "www/dir/index.html": "index\n",
  "www/linked-dir": { symlink: "dir" },
  "www/fallback.txt.gz": { symlink: "a.txt" },
  "www/a.txt.gz": "compressed\n",
  "www/from-root/c.txt": "c\n",
  "www/from-root/link.txt": { symlink: "c.txt" },
  "linked-root": { symlink: "www" },
};

const PATHS = [
  "a.txt",
  "link.txt",
  "broken.txt",
  "loop.txt",
  "none.txt",
  "dir/b.txt",
  "dir",
  "dir/",
  "linked-dir/b.txt",
  "linked-dir",
  "linked-dir/",
];

const gets = (...targets: readonly string[]): readonly Row[] => targets.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "disable_symlinks",
  conf,
  files,
  // try_files says so of every candidate that is a link
  claims: [/\[crit\] .*(?:openat|stat)\(\) ".*\/(?:link\.txt|linked-dir)" failed \(40: /],
  rows: [
    ...["/", "/off/", "/owner/", "/from/", "/linked-root/"].flatMap((prefix) => gets(...PATHS.map((path) => prefix + path))),
    ...gets("/large.txt", "/with%20space.txt", "/caf%C3%A9.txt", "/a.txt/", "/a.txt/x", "/link.txt/x"),
    ...["/from-slash/", "/from-elsewhere/", "/from-middle/", "/from-owner/", "/slashes/", "/upward/"].flatMap((prefix) =>
      gets(`${prefix}a.txt`, `${prefix}link.txt`),
    ),
    ...gets("/from-root/c.txt", "/from-root/link.txt", "/from-whole"),
    ...gets(
      "/if/",
      "/try/x",
      "/index/",
      "/compressed/a.txt",
      "/compressed/fallback.txt",
      "/compressed/link.txt",
      "/listed/",
      "/listed/a.txt",
    ),
  ],
});
