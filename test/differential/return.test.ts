/** The return directive: statuses, texts, redirects and their Location. */

import { get, head, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const STATUSES = [
  200, 201, 202, 204, 206, 226, 299, 300, 304, 399, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 418,
  421, 422,
];
const MORE_STATUSES = [426, 428, 429, 431, 451, 494, 495, 496, 497, 499, 500, 501, 502, 503, 504, 505, 507, 511, 599, 600, 999];
const REDIRECTS = [301, 302, 303, 307, 308];
const ALL = [...STATUSES, ...MORE_STATUSES];

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    ${ALL.map((status) => `location = /bare/${status} { return ${status}; }`).join("\n    ")}
    ${ALL.map((status) => `location = /text/${status} { return ${status} "text of ${status}\\n"; }`).join("\n    ")}
    ${REDIRECTS.map((status) => `location = /to/${status} { return ${status} /target; }`).join("\n    ")}
    ${REDIRECTS.map((status) => `location = /away/${status} { return ${status} https://example.test/x?y=$arg_y; }`).join("\n    ")}
    location = /url { return http://example.test/plain; }
    location = /scheme { return $scheme://$host/s; }
    location = /empty { return 200 ""; }
    location = /empty-redirect { return 302 ""; }
    location = /relative { absolute_redirect off; return 302 /target; }
    location = /dotted { return 302 ../up; }
    location = /host { return 302 $scheme://$http_host$request_uri; }
    location = /typed { default_type application/json; return 200 '{"a": "$arg_a"}'; }
    location = /page.html { return 200 "html"; }
    location = /latin { return 200 "caf\xe9"; }
    location = /vars { return 200 "$scheme $server_port $server_addr $remote_addr $request_method $args $is_args$query_string $nginx_unset1"; }
    set $nginx_unset1 "set";
    location = /tokens-off { server_tokens off; return 404; }
    location = /long { return 200 "${"0123456789".repeat(100)}"; }
    location = /msie { return 404; }
  }
  server { listen 127.0.0.1:%%PORT_SERVER%%; location / { return 200 "never"; } return 403; }
}`;

const targets = (...list: readonly string[]): readonly Row[] => list.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "return",
  conf,
  rows: [
    ...targets(...ALL.map((status) => `/bare/${status}`)),
    ...targets(...ALL.filter((status) => status % 3 === 0).map((status) => `/text/${status}`), "/text/304"),
    ...targets(...REDIRECTS.map((status) => `/to/${status}`), ...REDIRECTS.map((status) => `/away/${status}?y=1`)),
    ...targets(
      "/url",
      "/scheme",
      "/empty",
      "/empty-redirect",
      "/relative",
      "/dotted",
      "/typed?a=b%20c",
      "/page.html",
      "/latin",
      "/vars?q=1",
      "/vars",
      "/tokens-off",
      "/long",
    ),
    { name: "the Host field in a redirect", request: head("GET /host?q=1 HTTP/1.1", "Host: Some.Test:81") },
    { name: "HEAD of a text", request: request("HEAD", "/long") },
    { name: "HEAD of a redirect", request: request("HEAD", "/to/301") },
    { name: "HEAD of an error", request: request("HEAD", "/bare/404") },
    { name: "a redirect in HTTP/1.0 without a Host", request: head("GET /to/302 HTTP/1.0") },
    { name: "a redirect in HTTP/1.0", request: head("GET /to/303 HTTP/1.0", "Host: x.test:99") },
    {
      name: "an error for MSIE is padded",
      request: get("/msie", "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0)"),
      differs: "padded-error-pages",
    },
    { name: "an error for Chrome is padded", request: get("/msie", "User-Agent: Mozilla/5.0 Chrome/120.0"), differs: "padded-error-pages" },
    { name: "an error for curl is not padded", request: get("/msie", "User-Agent: curl/8.0") },
    { name: "return in the server block wins over locations", request: get("/"), portName: "SERVER" },
  ],
});
