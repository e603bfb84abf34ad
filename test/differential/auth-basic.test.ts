/** `auth_basic`: what counts as credentials, which stored passwords are understood, and how its answers look. */

import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    auth_basic "closed site";
    auth_basic_user_file users;
    location / { return 404; }
    location /in { try_files /none /seen; }
    location /seen { auth_basic off; return 200 "[$remote_user]"; }
    location /off { auth_basic off; root %%DIR%%/www; }
    location /realm { auth_basic $arg_realm; root %%DIR%%/www; }
    location /realm-text { auth_basic "for $host"; root %%DIR%%/www; }
    location /file { auth_basic_user_file $document_root/$arg_file; root %%DIR%%/www; }
    location /relative { auth_basic_user_file files/$arg_file; root %%DIR%%/www; }
    location /missing { auth_basic_user_file missing; root %%DIR%%/www; }
    location /directory { auth_basic_user_file files; root %%DIR%%/www; }
    location /page { error_page 401 /page-of; root %%DIR%%/www; }
    location /status { error_page 401 =418 /page-of; root %%DIR%%/www; }
    location /redirect { error_page 401 =302 /login; root %%DIR%%/www; }
    location /named { error_page 401 @login; root %%DIR%%/www; }
    location @login { return 402 "log in"; }
    location /page-of { auth_basic off; return 200 "page"; }
    location /no-file { auth_basic off; location /no-file/inner { auth_basic "again"; root %%DIR%%/www; } }
    location /limited { auth_basic off; limit_except GET { auth_basic "writers"; auth_basic_user_file users; } root %%DIR%%/www; }
    location /empty-realm { auth_basic ""; root %%DIR%%/www; }
  }
}`;

const USERS = `# a comment
#hash:{PLAIN}secret
plain:{PLAIN}secret
twice:{PLAIN}first
twice:{PLAIN}second
commented:{PLAIN}secret:a comment:and more
cr:{PLAIN}secret\r
empty:{PLAIN}
nothing:
 space:{PLAIN}secret
without
utf-\xc3\xa9:{PLAIN}p\xc3\xa9
bare:secret
sha:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=
ssha:{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0
ssha-short:{SSHA}YWJj
apr1:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/
apr1-long-salt:$apr1$abcdefghijk$h9FWgUz3n9YxylKLlR5SQ/
md5:$1$abc$iCQ2D3nhptRYi27fDYv2s1
sha256:$5$salt$kpa26zwgX83BPSR8d7w93OIXbFt/d3UOTZaAu5vsTM6
sha256-rounds:$5$rounds=1234$saltstringsaltst$nDv1FGwJxQ5jcNfLT70jktV1wU847AA0JGgOGcXHb87
sha512:$6$salt$egUxKNxDs8kPfh8iPMNcosMhb2eWah6d3R44JDm5Rj/j/XWR5E33QPd0YmHXoDHOIDR6kL5D3JcQcz0O8FHE00
sha512-rounds:$6$rounds=1000$x$0iXvTPIWVHkg6yoVSlOTcEY0CyViwhXpPrHUJOuoFLKbBcWM9S03ZrCHmIxN51kGulOHuZE.4YQhTW5l/ghNC.
last:{PLAIN}secret`;

const basic = (credentials: string): string => `Authorization: Basic ${Buffer.from(credentials, "latin1").toString("base64")}`;
const users = (...list: readonly string[]): readonly Row[] =>
  list.flatMap((user) => [
    { name: `${user} with its password`, request: get("/in", basic(`${user}:secret`)) },
    { name: `${user} with another password`, request: get("/in", basic(`${user}:Secret`)) },
  ]);
const credentials = (...list: readonly string[]): readonly Row[] =>
  list.map((text) => ({ name: `credentials ${JSON.stringify(text)}`, request: get("/in", basic(text)) }));
const fields = (...list: readonly string[]): readonly Row[] =>
  list.map((value) => ({ name: `Authorization: ${value}`, request: get("/in", `Authorization: ${value}`) }));
const places = (...paths: readonly string[]): readonly Row[] =>
  paths.flatMap((path) => [
    { name: `${path} without credentials`, request: get(path) },
    { name: `${path} with credentials`, request: get(path, basic("plain:secret")) },
    { name: `${path} with a wrong password`, request: get(path, basic("plain:wrong")) },
  ]);

const PLAIN = Buffer.from("plain:secret").toString("base64");

compareRows({
  name: "auth_basic",
  conf,
  files: {
    users: USERS,
    "files/some": "plain:{PLAIN}secret\n",
    "files/none": "",
    "www/some": "plain:{PLAIN}secret\n",
    ...Object.fromEntries(
      "off realm realm-text file relative missing directory page status redirect named no-file/inner limited empty-realm"
        .split(" ")
        .map((folder) => [`www/${folder}/a.txt`, folder]),
    ),
  },
  claims: [/Is a directory/, /crypt_r\(\) failed/],
  rows: [
    ...users("plain", "commented", "cr", "last", "sha", "ssha", "ssha-short", "apr1", "apr1-long-salt", "md5", "sha256", "sha512"),
    ...users("sha256-rounds", "sha512-rounds", "bare", "nobody", "#hash", "hash", " space", "space", "without", "Plain"),
    ...credentials("twice:first", "twice:second", "empty:", "empty:x", "nothing:", "nothing:x", "plain", "plain:", ":secret", ":", ""),
    ...credentials("utf-\xc3\xa9:p\xc3\xa9", "utf-\xe9:p\xe9", "plain:secret:", "plain\0:secret", "plain:secret\n"),
    ...fields(PLAIN, `Basic ${PLAIN}`, `basic ${PLAIN}`, `BASIC   ${PLAIN}`, `Basic\t${PLAIN}`, `Basic ${PLAIN} `, `Basic${PLAIN}`),
    ...fields(
      `Basic ${PLAIN}=`,
      `Basic ${PLAIN}==`,
      `Basic ${PLAIN.slice(0, -1)}`,
      `Basic ${PLAIN}!`,
      "Basic",
      "Basic ",
      `Bearer ${PLAIN}`,
    ),
    ...fields(`Digest username="plain"`, `Basic ${PLAIN}, Basic ${PLAIN}`),
    ...places("/off/a.txt", "/realm-text/a.txt", "/missing/a.txt", "/directory/a.txt", "/page/a.txt", "/status/a.txt", "/redirect/a.txt"),
    ...places("/named/a.txt", "/no-file/inner/a.txt", "/limited/a.txt", "/empty-realm/a.txt", "/nowhere"),
    ...places("/realm/a.txt?realm=off", "/realm/a.txt?realm=x", "/realm/a.txt", "/file/a.txt?file=some", "/file/a.txt?file=none"),
    ...places("/relative/a.txt?file=some", "/relative/a.txt?file=none"),
    { name: "a POST that limit_except asks a password for", request: request("POST", "/limited/a.txt", "Content-Length: 0") },
    { name: "the same with the password", request: request("POST", "/limited/a.txt", "Content-Length: 0", basic("plain:secret")) },
    {
      name: "a password with NUL",
      request: get("/in", basic("plain:secret\0more")),
      differs: "nul-in-passwords",
      ours: 401,
    },
    { name: "HEAD without credentials", request: request("HEAD", "/realm/a.txt?realm=x") },
    { name: "two requests, the second without credentials", request: get("/in", basic("plain:secret")) + get("/in"), answers: 2 },
    { name: "the same password twice", request: get("/in", basic("sha512:secret")) + get("/in", basic("sha512:secret")), answers: 2 },
  ],
});
