/** Names of a family, as `$http_x_a`, that a configuration gives a value of its own: they keep the family's where it gives none. */

import { get } from "./requests.ts";
import { compareRows } from "./run-rows.ts";

compareRows({
  name: "variables of families that a configuration defines",
  conf: `http {
  map $uri $http_x_mapped { default mapped; }
  server {
    listen 127.0.0.1:%%PORT%%;
    if ($http_x_a = '') { set $http_x_a none; }
    location /set { set $arg_b set; return 200 "[$arg_b]"; }
    location /unset { return 200 "[$arg_b]"; }
    location ~ ^/capture(?<cookie_x>.) { return 200 "[$cookie_x]"; }
    location /cookie { return 200 "[$cookie_x]"; }
    location / { return 200 "[$http_x_a][$http_x_mapped]"; }
  }
}`,
  rows: [
    { name: "a condition reads the field before set gives the name a value", request: get("/", "X-A: 1", "X-Mapped: 2") },
    { name: "set gives a value where the field is missing", request: get("/") },
    { name: "set wins over the argument", request: get("/set?b=1") },
    { name: "the argument is read where set did not run", request: get("/unset?b=1") },
    { name: "a capture wins over the cookie", request: get("/captureZ", "Cookie: x=9") },
    { name: "the cookie is read where nothing was captured", request: get("/cookie", "Cookie: x=9") },
  ],
});
