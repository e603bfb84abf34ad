/** `allow`, `deny`, `limit_except`, and `satisfy` where addresses and passwords both have a say. */

import { get, request, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  set_real_ip_from 127.0.0.1;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    error_page 418 /page;
    location / { }
    location /ranges { deny 10.1.0.0/16; allow 10.0.0.0/8; allow 2001:db8::/32; deny 2001:db8:1::1; allow 192.0.2.1; deny all; }
    location /v4 { allow 10.0.0.0/8; deny 0.0.0.0/0; }
    location /v6 { allow ::1; deny ::/0; }
    location /mapped { deny ::/0; }
    location /mapped-v4 { allow ::/0; deny 1.2.3.4; }
    location /unix { deny unix:; }
    location /allow-only { allow 10.0.0.1; }
    location /outer { deny 10.0.0.1; location /outer/inner { } location /outer/own { allow all; } location /outer/if { if ($arg_a) { return 200 "if"; } } }
    location /return { deny all; return 200 "returned"; }
    location /page-of { deny all; error_page 403 /page; }
    location /status-of { deny all; error_page 403 =200 /page; }
    location /page { internal; return 200 "page $status"; }
    location /limited { limit_except GET { deny all; } }
    location /limited-post { limit_except post PUT { deny 10.0.0.1; } }
    location /limited-return { limit_except GET { deny 10.0.0.1; } return 200 "returned"; }
    location /limited-outer { limit_except GET { deny all; } location /limited-outer/inner { return 200 "inner"; } }
    location /limited-pass { limit_except GET { deny 10.0.0.1; } proxy_pass http://127.0.0.1:%%PORT%%/echo; }
    location /limited-named { try_files /none @named; }
    location @named { limit_except GET { deny all; } root %%DIR%%/www; try_files /files/a.txt =404; }
    location /echo { return 200 "$request_method $uri"; }
    location /nothing-said { satisfy any; }
    location /any { satisfy any; allow 10.0.0.1; deny all; auth_basic "any"; auth_basic_user_file users; }
    location /any-open { satisfy any; allow 10.0.0.1; auth_basic "any"; auth_basic_user_file users; }
    location /any-address { satisfy any; deny 10.0.0.1; }
    location /any-page { satisfy any; deny all; auth_basic "any"; auth_basic_user_file users; error_page 401 = /page; }
    location /any-missing { satisfy any; deny all; auth_basic "any"; auth_basic_user_file missing; }
    location /all { satisfy all; allow 10.0.0.1; deny all; auth_basic "all"; auth_basic_user_file users; }
  }
  server { listen 127.0.0.1:%%PORT%%; server_name denied; deny all; location / { return 200 "open"; } location /x { root %%DIR%%/www; } location /y { allow all; root %%DIR%%/www; } }
}`;

const ALICE = `Authorization: Basic ${Buffer.from("alice:secret").toString("base64")}`;
const WRONG = `Authorization: Basic ${Buffer.from("alice:wrong").toString("base64")}`;
const from = (address: string): string => `X-Real-IP: ${address}`;

const asked = (path: string, ...addresses: readonly string[]): readonly Row[] =>
  addresses.map((address) => ({ name: `${path} from ${address}`, request: get(`${path}/a.txt`, from(address)) }));
const withFields = (path: string, named: Readonly<Record<string, readonly string[]>>): readonly Row[] =>
  Object.entries(named).map(([name, fields]) => ({ name: `${path}, ${name}`, request: get(`${path}/a.txt`, ...fields) }));
const methods = (path: string, address: string, ...list: readonly string[]): readonly Row[] =>
  list.map((method) => ({ name: `${method} ${path} from ${address}`, request: request(method, path, from(address), "Content-Length: 0") }));

const WAYS = {
  "neither address nor password": [],
  "the address": [from("10.0.0.1")],
  "the password": [ALICE],
  "both of them": [from("10.0.0.1"), ALICE],
  "a wrong password": [WRONG],
  "the address and a wrong password": [from("10.0.0.1"), WRONG],
};

const FOLDERS =
  "ranges v4 v6 mapped mapped-v4 unix allow-only outer/inner outer/own outer any any-open any-address any-page any-missing all nothing-said x y";

compareRows({
  name: "access",
  conf,
  files: {
    users: "alice:{PLAIN}secret\n",
    "www/files/a.txt": "file",
    "www/limited/a.txt": "limited",
    ...Object.fromEntries(FOLDERS.split(" ").map((folder) => [`www/${folder}/a.txt`, folder])),
  },
  rows: [
    ...asked("/ranges", "10.1.2.3", "10.2.2.3", "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8:1::1", "2001:db9::1", "::ffff:10.2.2.3"),
    ...asked("/v4", "10.0.0.1", "11.0.0.1", "::1", "::ffff:11.0.0.1"),
    ...asked("/v6", "10.0.0.1", "::1", "::2", "::ffff:10.0.0.1"),
    ...asked("/mapped", "10.0.0.1", "::ffff:10.0.0.1"),
    ...asked("/mapped-v4", "1.2.3.4", "::ffff:1.2.3.4", "::ffff:1.2.3.5"),
    ...asked("/unix", "10.0.0.1"),
    ...asked("/allow-only", "10.0.0.1", "10.0.0.2"),
    ...asked("/outer", "10.0.0.1", "10.0.0.2"),
    ...asked("/outer/inner", "10.0.0.1"),
    ...asked("/outer/own", "10.0.0.1"),
    { name: "an if with its own return comes before the rules", request: get("/outer/if?a=1", from("10.0.0.1")) },
    { name: "an if that does not hold", request: get("/outer/if", from("10.0.0.1")) },
    { name: "return comes before the rules", request: get("/return") },
    { name: "an error page for 403", request: get("/page-of") },
    { name: "an error page with another status", request: get("/status-of") },
    { name: "a server's rules and return", request: "GET / HTTP/1.1\r\nHost: denied\r\n\r\n" },
    { name: "a server's rules hold in its locations", request: "GET /x/a.txt HTTP/1.1\r\nHost: denied\r\n\r\n" },
    { name: "a location's own rules replace the server's", request: "GET /y/a.txt HTTP/1.1\r\nHost: denied\r\n\r\n" },
    { name: "HEAD of what is denied", request: request("HEAD", "/v4/a.txt", from("11.0.0.1")) },
    { name: "a POST with content to what is denied", request: withContent("POST", "/v4/a.txt", "abc", from("11.0.0.1")) },
    ...methods("/limited/a.txt", "10.0.0.1", "GET", "HEAD", "POST", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "FOO"),
    ...methods("/limited-post", "10.0.0.1", "GET", "HEAD", "POST", "PUT"),
    ...methods("/limited-return", "10.0.0.1", "GET", "POST"),
    ...methods("/limited-return", "10.0.0.2", "POST"),
    ...methods("/limited-outer", "10.0.0.1", "GET", "POST"),
    ...methods("/limited-outer/inner", "10.0.0.1", "POST"),
    ...methods("/limited-named", "10.0.0.1", "GET", "POST"),
    ...withFields("/any", WAYS),
    ...withFields("/any-open", WAYS),
    ...withFields("/any-address", WAYS),
    ...withFields("/any-page", WAYS),
    ...withFields("/any-missing", WAYS),
    ...withFields("/all", WAYS),
    ...withFields("/nothing-said", WAYS),
  ],
});

compareRows({
  name: "limit_except and proxy_pass",
  conf,
  files: { users: "alice:{PLAIN}secret\n" },
  rows: ["GET", "POST", "PUT"].flatMap((method) =>
    ["10.0.0.1", "10.0.0.2"].map((address) => ({
      name: `${method} passed on from ${address}`,
      request: request(method, "/limited-pass", from(address), "Content-Length: 0"),
      compare: { fields: ["content-type"] },
    })),
  ),
});
