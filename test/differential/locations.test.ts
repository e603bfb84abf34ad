/** Which location serves a request: exact, prefix, ^~, regular expressions, nesting and named locations. */

import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const ANSWER = (name: string): string => `add_header X-Location "${name}" always; return 200 "${name} $uri\\n";`;

const conf = `
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name localhost;
    add_header X-Location server always;
    location / { ${ANSWER("/")} }
    location = / { ${ANSWER("= /")} }
    location = /exact { ${ANSWER("= /exact")} }
    location /exact { ${ANSWER("/exact")} }
    location = /exact/ { ${ANSWER("= /exact/")} }
    location /docs { ${ANSWER("/docs")} }
    location /docs/ { ${ANSWER("/docs/")} }
    location /docs/api { ${ANSWER("/docs/api")} }
    location /docs/api/v1/ { ${ANSWER("/docs/api/v1/")} }
    location ^~ /images/ { ${ANSWER("^~ /images/")} }
    location ^~ /im { ${ANSWER("^~ /im")} }
    location /images/raw/ { ${ANSWER("/images/raw/")} }
    location ~ \\.png$ { ${ANSWER("~ png")} }
    location ~* \\.(gif|jpe?g)$ { ${ANSWER("~* gif jpg")} }
    location ~ \\.jpg$ { ${ANSWER("~ jpg, never reached")} }
    location ~ ^/user/(?<id>[0-9]+)/?$ { add_header X-Location "~ user" always; return 200 "user $id\\n"; }
    location ~ ^/pair/(\\w+)/(\\w+)$ { add_header X-Location "~ pair" always; return 200 "$2 $1\\n"; }
    location ~ "^/quant/[a-z]{2,3}$" { ${ANSWER("~ quant")} }
    location ~ ^/docs/secret { ${ANSWER("~ docs secret")} }
    location ~* ^/CaseLess/ { ${ANSWER("~* caseless")} }
    location ~ ^/Case/ { ${ANSWER("~ Case")} }
    location /Upper/ { ${ANSWER("/Upper/")} }
    location "/with space/" { ${ANSWER("with space")} }
    location /plus+/ { ${ANSWER("plus")} }
    location /nest/ {
      add_header X-Location "/nest/" always;
      location /nest/a/ { ${ANSWER("/nest/a/")} }
      location = /nest/only { ${ANSWER("= /nest/only")} }
      location ~ \\.txt$ { ${ANSWER("nested ~ txt")} }
      location ^~ /nest/b/ {
        location ~ \\.txt$ { ${ANSWER("nested twice ~ txt")} }
        ${ANSWER("^~ /nest/b/")}
      }
      return 200 "/nest/ $uri\\n";
    }
    location ^~ /sealed/ {
      location ~ \\.png$ { ${ANSWER("sealed ~ png")} }
      ${ANSWER("^~ /sealed/")}
    }
    location ~ ^/rx/ {
      location ~ \\.txt$ { ${ANSWER("rx ~ txt")} }
      location ~ \\.md$ { ${ANSWER("rx ~ md")} }
      ${ANSWER("~ rx")}
    }
    location /internal/ { internal; ${ANSWER("internal")} }
    location /to-internal { rewrite ^ /internal/x last; }
    location /to-named { error_page 404 = @named; return 404; }
    location /to-named-method { error_page 405 = @named; return 405; }
    location @named { add_header X-Location "@named" always; return 200 "named $uri $request_method\\n"; }
    location /rewrite-last/ { rewrite ^/rewrite-last/(.*)$ /docs/$1 last; }
    location /rewrite-break/ { rewrite ^/rewrite-break/(.*)$ /docs/$1 break; ${ANSWER("unreached")} }
    location /questions/ { rewrite ^/questions/(.*)$ /questioned/$1?a=$1?b=$args?c?d last; }
    location /questions-dropped/ { rewrite ^/questions-dropped/(.*)$ /questioned/?a=$args??$1? last; }
    location /questioned/ { return 200 "[$uri] [$args]"; }
    location /pixel/ { empty_gif; add_header X-Pixel yes; }
    location = /pixel/exact/ { empty_gif; add_header X-Pixel exact; }
    location /status/ { stub_status; }
    location /forwarded/ { proxy_pass http://127.0.0.1:1; add_header X-Forwarded yes always; }
    location /redirect/ { rewrite ^/redirect/(.*)$ /docs/$1 redirect; }
    location /permanent/ { rewrite ^/permanent/(.*)$ /docs/$1 permanent; }
    location /loop { rewrite ^ /loop last; }
    location /if { if ($arg_x = 1) { return 200 "if\\n"; } ${ANSWER("/if")} }
    location /if-match { if ($uri ~ "^/if-match/(.+)") { set $tail $1; } return 200 "tail=$tail\\n"; }
    location /if-method { if ($request_method = POST) { return 405; } ${ANSWER("/if-method")} }
    location /empty { }
    location ~ /\\. { return 403; }
    location ~ ^/(?i)mixed$ { ${ANSWER("(?i)")} }
    location /zzz { location /zzz/y { location /zzz/y/x { ${ANSWER("/zzz/y/x")} } ${ANSWER("/zzz/y")} } ${ANSWER("/zzz")} }
  }
}`;

const gets = (...targets: readonly string[]): readonly Row[] => targets.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "location",
  conf,
  rows: [
    ...gets("/", "/?a=1", "/x", "/exact", "/exact?q", "/exact/", "/exactly", "/exact/more", "/Exact", "/docs", "/docs/", "/docsx", "/doc"),
    ...gets("/docs/api", "/docs/apis", "/docs/api/", "/docs/api/v1", "/docs/api/v1/", "/docs/api/v1/x", "/docs/secret", "/docs/secrets/x"),
    ...gets(
      "/images/a.png",
      "/images/raw/a.png",
      "/images",
      "/im.png",
      "/imx/a.gif",
      "/a.png",
      "/a.PNG",
      "/a.gif",
      "/a.GIF",
      "/docs/a.jpg",
    ),
    ...gets(
      "/a.jpeg",
      "/a.png/",
      "/user/42",
      "/user/42/",
      "/user/42/x",
      "/user/",
      "/user/4a",
      "/pair/left/right",
      "/pair/left/",
      "/quant/ab",
    ),
    ...gets("/quant/abc", "/quant/abcd", "/caseless/x", "/CASELESS/x", "/Case/x", "/case/x", "/Upper/", "/upper/", "/with%20space/x"),
    ...gets(
      "/plus+/",
      "/plus%2B/",
      "/plus%20/",
      "/nest/",
      "/nest",
      "/nest/a/",
      "/nest/a/x.txt",
      "/nest/only",
      "/nest/only/",
      "/nest/x.txt",
    ),
    ...gets(
      "/nest/b/x.txt",
      "/nest/b/x.png",
      "/nest/x.png",
      "/sealed/x.png",
      "/sealed/x.gif",
      "/rx/x.txt",
      "/rx/x.md",
      "/rx/x.png",
      "/rx/",
    ),
    ...gets("/internal/", "/internal/x", "/to-internal", "/to-named", "/to-named?x=1", "/rewrite-last/api/v1/z", "/rewrite-last/a.png?q=1"),
    ...gets("/questions/x", "/questions/x?q=1&r", "/questions/%3f", "/questions-dropped/x?q=1", "/questions-dropped/"),
    // Only what forwards redirects the name without its slash.
    ...gets("/pixel", "/pixel/exact", "/status", "/forwarded", "/forwarded?x=1"),
    ...gets("/rewrite-break/a", "/redirect/a?x=1", "/permanent/a%20b", "/if?x=1", "/if?x=2", "/if?x=1&x=2", "/if?X=1", "/if-match/abc"),
    ...gets(
      "/if-match",
      "/.git/config",
      "/x/.hidden",
      "/mixed",
      "/MIXED",
      "/zzz/y/x",
      "/zzz/y/z",
      "/zzz/",
      "/empty",
      "/a%2epng",
      "/%64ocs/",
    ),
    ...gets("/docs//api", "/docs/./api", "/docs/x/../api", "/images/../a.png", "/images%2Fa.png"),
    { name: "a rewrite cycle ends with 500", request: get("/loop") },
    { name: "HEAD of a location with return", request: request("HEAD", "/docs/") },
    { name: "POST to a location with return", request: request("POST", "/docs/", "Content-Length: 0") },
    { name: "POST through a named location", request: request("POST", "/to-named-method", "Content-Length: 0") },
    { name: "if sees the method", request: request("POST", "/if-method", "Content-Length: 0") },
  ],
});
