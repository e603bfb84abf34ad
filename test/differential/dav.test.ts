/** Files that clients write, remove, copy and move: dav_methods. The rows run in order, each on what those before it left. */

import { get, head, request, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const ALL = "dav_methods PUT DELETE MKCOL COPY MOVE;";

const conf = `
http {
  types { text/plain txt; }
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name localhost;
    root %%DIR%%/www;
    autoindex on;
    autoindex_format json;
    client_max_body_size 100k;
    client_body_buffer_size 1k;
    location /dav/ { ${ALL} }
    location /full/ { ${ALL} create_full_put_path on; dav_access user:rw group:rw all:r; }
    location /deep/ { ${ALL} min_delete_depth 3; }
    location /put-only/ { dav_methods put; }
    location /off/ { dav_methods off; }
    location /alias/ { alias %%DIR%%/www/dav/; ${ALL} }
    location /small/ { ${ALL} client_max_body_size 10; }
    location /unset/ { }
  }
}`;

const files = {
  "www/dav/there.txt": "there\n",
  "www/dav/dir/inner.txt": "inner\n",
  "www/dav/full-dir/a.txt": "a\n",
  "www/dav/full-dir/b/c.txt": "c\n",
  "www/dav/linked": { symlink: "../outside" },
  "www/dav/with-link/link": { symlink: "../../outside" },
  "www/dav/with-link/file.txt": "file\n",
  "www/outside/kept.txt": "kept\n",
  "www/full/": "",
  "www/deep/a/b.txt": "b\n",
  "www/deep/a/b/c.txt": "c\n",
  "www/put-only/": "",
  "www/off/": "",
  "www/small/": "",
  "www/unset/a.txt": "a\n",
};

/** A listing shows what is there; times of what was just written are not compared. */
const STATUS_ONLY = { fields: ["Content-Type", "Location", "Content-Length"] } as const;

const put = (target: string, content: string, ...fields: readonly string[]): Row => ({
  name: `PUT ${target} ${JSON.stringify(content.slice(0, 20))} ${fields.join(" ")}`,
  request: withContent("PUT", target, content, ...fields),
});
const look = (target: string, after: string): Row => ({ name: `GET ${target} after ${after}`, request: get(target), compare: STATUS_ONLY });
const ask = (method: string, target: string, ...fields: readonly string[]): Row => ({
  name: `${method} ${target} ${fields.join(" ")}`,
  request: request(method, target, ...fields),
});
const copy = (target: string, destination: string, ...fields: readonly string[]): Row =>
  ask("COPY", target, `Destination: ${destination}`, ...fields);
const move = (target: string, destination: string, ...fields: readonly string[]): Row =>
  ask("MOVE", target, `Destination: ${destination}`, ...fields);

const chunked = (target: string): Row => ({
  name: `PUT ${target} in chunks`,
  request: `${head(`PUT ${target} HTTP/1.1`, "Host: localhost", "Transfer-Encoding: chunked")}3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n`,
});

compareRows({
  name: "dav",
  conf,
  files,
  // files that could not be put in their places: both are right to say so
  claims: [/\[crit\] .*failed \((?:2: No such file or directory|20: Not a directory)\)/],
  rows: [
    put("/dav/new.txt", "new\n"),
    look("/dav/new.txt", "PUT"),
    put("/dav/new.txt", "newer\n"),
    look("/dav/new.txt", "a second PUT"),
    put("/dav/empty.txt", ""),
    look("/dav/empty.txt", "an empty PUT"),
    chunked("/dav/chunked.txt"),
    look("/dav/chunked.txt", "a chunked PUT"),
    put("/dav/large.txt", "0123456789".repeat(5_000)),
    look("/dav/large.txt", "a large PUT"),
    put("/dav/with%20space%25.txt", "space\n"),
    put("/dav/caf%C3%A9.txt", "utf8\n"),
    look("/dav/caf%C3%A9.txt", "PUT"),
    put("/dav/dated.txt", "dated\n", "Date: Sun, 06 Nov 1994 08:49:37 GMT"),
    { name: "the date of a dated PUT", request: get("/dav/dated.txt") },
    put("/dav/dated-badly.txt", "dated\n", "Date: yesterday"),
    put("/dav/dir/", "collection\n"),
    put("/dav/dir", "directory\n"),
    put("/dav/new-dir/", "collection\n"),
    put("/dav/ranged.txt", "x", "Content-Range: bytes 0-0/1"),
    put("/dav/none/a.txt", "no parent\n"),
    put("/dav/there.txt/a.txt", "a file for a parent\n"),
    put("/dav/there.txt?query", "with a query\n"),
    put("/full/a/b/c.txt", "parents\n"),
    look("/full/a/b/c.txt", "PUT with parents"),
    put("/put-only/a.txt", "a\n"),
    put("/off/a.txt", "a\n"),
    put("/unset/a.txt", "a\n"),
    put("/small/a.txt", "12345678901"),
    put("/alias/by-alias.txt", "alias\n"),
    look("/dav/by-alias.txt", "PUT through an alias"),
    { ...ask("PUT", "/dav/no-length.txt"), differs: "put-without-length", ours: 201 },

    ask("MKCOL", "/dav/made/"),
    ask("MKCOL", "/dav/made/"),
    ask("MKCOL", "/dav/made-badly"),
    ask("MKCOL", "/dav/none/made/"),
    ask("MKCOL", "/dav/there.txt/made/"),
    ask("MKCOL", "/dav/with%20space/"),
    { name: "MKCOL with a body", request: withContent("MKCOL", "/dav/body/", "x") },
    ask("MKCOL", "/put-only/made/"),

    copy("/dav/there.txt", "/dav/copied.txt"),
    look("/dav/copied.txt", "COPY"),
    { name: "the date of a copy", request: get("/dav/copied.txt") },
    copy("/dav/there.txt", "/dav/copied.txt", "Overwrite: F"),
    copy("/dav/new.txt", "/dav/copied.txt", "Overwrite: T"),
    look("/dav/copied.txt", "COPY over it"),
    copy("/dav/there.txt", "/dav/copied2.txt", "Overwrite: maybe"),
    copy("/dav/there.txt", "/dav/copied2.txt", "Overwrite: f"),
    copy("/dav/there.txt", "http://localhost/dav/by-host.txt"),
    copy("/dav/there.txt", "http://localhost:1234/dav/by-port.txt"),
    copy("/dav/there.txt", "http://elsewhere/dav/x.txt"),
    copy("/dav/there.txt", "https://localhost/dav/x.txt"),
    copy("/dav/there.txt", "http://localhost"),
    copy("/dav/there.txt", "dav/x.txt"),
    copy("/dav/there.txt", ""),
    copy("/dav/there.txt", "/dav/../x.txt"),
    copy("/dav/there.txt", "/dav/%2e%2e/x.txt"),
    copy("/dav/there.txt", "/dav/x%00.txt"),
    copy("/dav/there.txt", "/dav/escaped%20copy.txt"),
    look("/dav/escaped%20copy.txt", "COPY"),
    copy("/dav/there.txt", "/dav/queried.txt?a=b"),
    look("/dav/queried.txt", "COPY with a query"),
    copy("/dav/there.txt", "/dav//slashes.txt"),
    copy("/dav/there.txt", "/dav/collection/"),
    copy("/dav/there.txt", "/dav/dir"),
    copy("/dav/there.txt", "/dav/none/x.txt"),
    copy("/dav/missing.txt", "/dav/x.txt"),
    copy("/dav/there.txt/x", "/dav/x.txt"),
    copy("/dav/dir", "/dav/x"),
    copy("/dav/dir/", "/dav/dir-copy/"),
    look("/dav/dir-copy/inner.txt", "COPY of its directory"),
    copy("/dav/dir/", "/dav/dir-copy/", "Overwrite: F"),
    copy("/dav/full-dir/", "/dav/dir-copy/"),
    look("/dav/dir-copy/b/c.txt", "COPY over its directory"),
    look("/dav/dir-copy/inner.txt", "COPY over its directory"),
    copy("/dav/dir/", "/dav/none/dir/"),
    copy("/dav/there.txt", "/dav/depth.txt", "Depth: 0"),
    copy("/dav/there.txt", "/dav/depth.txt", "Depth: 1"),
    copy("/dav/there.txt", "/dav/depth.txt", "Depth: infinity"),
    copy("/dav/there.txt", "/dav/depth.txt", "Depth: Infinity"),
    copy("/alias/there.txt", "/alias/alias-copy.txt"),
    look("/dav/alias-copy.txt", "COPY by alias"),
    ask("COPY", "/dav/there.txt"),
    { name: "COPY with a body", request: withContent("COPY", "/dav/there.txt", "x", "Destination: /dav/x.txt") },
    { name: "COPY without a Host", request: "COPY /dav/there.txt HTTP/1.0\r\nDestination: http://localhost/dav/x.txt\r\n\r\n" },
    copy("/put-only/a.txt", "/put-only/b.txt"),

    move("/dav/copied.txt", "/dav/moved.txt"),
    look("/dav/copied.txt", "MOVE away"),
    look("/dav/moved.txt", "MOVE"),
    move("/dav/moved.txt", "/dav/there.txt", "Overwrite: F"),
    move("/dav/moved.txt", "/dav/not-yet/deeper/moved.txt"),
    look("/dav/not-yet/deeper/moved.txt", "MOVE with parents"),
    move("/dav/dir-copy/", "/dav/dir-moved/"),
    look("/dav/dir-moved/b/c.txt", "MOVE of its directory"),
    look("/dav/dir-copy/", "MOVE away"),
    move("/dav/dir-moved/", "/dav/made/"),
    look("/dav/made/b/c.txt", "MOVE over a directory"),
    move("/dav/there.txt", "/dav/x.txt", "Depth: 0"),
    { ...copy("/alias/there.txt", "/dav/outside-of-alias.txt"), differs: "dav-destinations", ours: 400 },
    { ...move("/dav/there.txt", "/dav/there.txt"), differs: "dav-destinations", ours: 403 },
    { ...move("/dav/there.txt", "/dav//there.txt"), differs: "dav-destinations", ours: 403 },
    look("/dav/there.txt", "MOVE to itself"),
    move("/dav/missing.txt", "/dav/x.txt"),
    move("/dav/missing/", "/dav/x/"),
    move("/dav/made/", "/dav/none/made/"),

    ask("DELETE", "/dav/chunked.txt"),
    ask("DELETE", "/dav/chunked.txt"),
    ask("DELETE", "/dav/there.txt/x"),
    ask("DELETE", "/dav/dir"),
    ask("DELETE", "/dav/dir/", "Depth: 0"),
    ask("DELETE", "/dav/dir/", "Depth: 1"),
    ask("DELETE", "/dav/dir/", "Depth: infinity"),
    look("/dav/dir/", "DELETE"),
    ask("DELETE", "/dav/full-dir/"),
    look("/dav/full-dir/b/c.txt", "DELETE of its directory"),
    ask("DELETE", "/dav/empty.txt", "Depth: 1"),
    ask("DELETE", "/dav/empty.txt", "Depth: 0"),
    ask("DELETE", "/dav/missing/"),
    { name: "DELETE with a body", request: withContent("DELETE", "/dav/there.txt", "x") },
    ask("DELETE", "/dav/linked"),
    look("/outside/kept.txt", "DELETE of a link to its directory"),
    ask("DELETE", "/deep/a/"),
    ask("DELETE", "/deep/a"),
    ask("DELETE", "/deep/a/b.txt"),
    ask("DELETE", "/deep/a/b/c.txt"),
    ask("DELETE", "/put-only/a.txt"),
    ask("DELETE", "/unset/a.txt"),
    ask("PROPFIND", "/dav/"),
    ask("OPTIONS", "/dav/there.txt"),
  ],
});
