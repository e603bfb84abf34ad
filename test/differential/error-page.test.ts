/** error_page: files, named locations, changed statuses, redirects, inheritance and recursion. */

import { get, request, withContent } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  error_page 418 /teapot.html;
  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    add_header X-Location server always;
    error_page 404 /404.html;
    error_page 500 502 503 504 /50x.html;
    error_page 403 =200 /403.html;
    error_page 410 = /gone;
    location = /404.html { internal; add_header X-Location "404 page" always; }
    location /gone { return 201 "gone as $status $uri\\n"; }
    location /return-500 { return 500; }
    location /return-403 { return 403; }
    location /return-410 { return 410; }
    location /return-418 { return 418; }
    location /own { error_page 418 /own.html; return 418; }
    location /own-404 { error_page 418 /own.html; }
    location /to-url { error_page 404 http://example.test/missing; return 404; }
    location /to-url-301 { error_page 404 =301 http://example.test/missing; return 404; }
    location /to-url-200 { error_page 404 =200 http://example.test/missing; return 404; }
    location /to-named { error_page 404 = @fallback; return 404; }
    location /to-named-202 { error_page 404 =202 @fallback; return 404; }
    location /to-named-kept { error_page 404 @fallback; return 404; }
    location @fallback { add_header X-Location "@fallback" always; return 200 "fallback $uri $request_method\\n"; }
    location @file { add_header X-Location "@file" always; try_files /fallback.txt =404; }
    location /to-named-file { error_page 404 = @file; return 404; }
    location /to-missing { error_page 404 /does-not-exist; return 404; }
    location /to-missing-named { error_page 404 @nowhere; return 404; }
    location /variables { error_page 404 /404-$arg_page.html; return 404; }
    location /query { error_page 404 /shown?from=$uri; return 404; }
    location /shown { return 200 "shown $args $request_uri\\n"; }
    location /chain { error_page 404 /chain-2; return 404; }
    location /chain-2 { error_page 403 /404.html; return 403; }
    location /recursive { recursive_error_pages on; error_page 404 /recursive-2; return 404; }
    location /recursive-2 { recursive_error_pages on; error_page 403 /404.html; return 403; }
    location /recursive-first { recursive_error_pages on; error_page 404 /chain-2; return 404; }
    location /recursive-second { error_page 404 /recursive-2; return 404; }
    location /recursive-named { error_page 418 = @first; recursive_error_pages on; return 418; }
    location /nested-named { error_page 418 = @second; return 418; }
    location @first { error_page 419 = @fallback; return 419; }
    location @second { error_page 419 = @fallback; recursive_error_pages on; return 419; }
    location /judged/ { alias %%DIR%%/www/; error_page 412 @fallback; error_page 416 /own.html; }
    location /judged-url/ { alias %%DIR%%/www/; error_page 412 416 =302 /elsewhere; }
    location /empty-200 { error_page 404 =200 @empty; return 404; }
    location /empty-302 { error_page 404 =302 @empty; return 404; }
    location /empty-kept { error_page 404 @empty; return 404; }
    location /empty-own { error_page 404 = @empty; return 404; }
    location @empty { return 204; }
    location /empty-upstream { error_page 404 =200 @upstream; return 404; }
    location @upstream { rewrite ^ /emptied/ break; proxy_pass http://127.0.0.1:%%PORT%%; }
    location /emptied/ { return 204; }
    location /cycle { recursive_error_pages on; error_page 404 /cycle; return 404; }
    location /reset { error_page 404 =200 /404.html; return 404; }
    location /post-405 { error_page 405 =200 $uri; }
    location /limit { client_max_body_size 2; error_page 413 /413.html; }
    location /limited-page { client_max_body_size 2; error_page 413 /limited/page; }
    location = /limited/page { client_max_body_size 2; return 200 "its page\\n"; }
    location /return-text { return 404 "text wins\\n"; }
    location /status-204 { error_page 404 =204 /404.html; return 404; }
    location /redirects-301 { error_page 301 /404.html; return 301 /x; }
    location /redirects-302 { error_page 302 = @fallback; return 302 /x; }
    location /directory/ { }
    location /bad-request { error_page 400 /400.html; return 400; }
  }
}`;

const targets = (...list: readonly string[]): readonly Row[] => list.map((target) => ({ name: `GET ${target}`, request: get(target) }));

compareRows({
  name: "error_page",
  conf,
  files: {
    "www/404.html": "<p>our 404</p>\n",
    "www/404-x.html": "<p>404 x</p>\n",
    "www/50x.html": "<p>our 50x</p>\n",
    "www/403.html": "<p>our 403</p>\n",
    "www/413.html": "<p>our 413</p>\n",
    "www/400.html": "<p>our 400</p>\n",
    "www/own.html": "<p>own</p>\n",
    "www/teapot.html": "<p>teapot</p>\n",
    "www/fallback.txt": "fallback file\n",
    "www/post-405.txt": "posted\n",
    "www/directory/": "",
  },
  rows: [
    ...targets(
      "/missing",
      "/404.html",
      "/return-500",
      "/return-403",
      "/return-410",
      "/return-418",
      "/own",
      "/own-404",
      "/own-404/x",
      "/to-url",
      "/to-url-301",
    ),
    ...targets(
      "/to-url-200",
      "/to-named",
      "/to-named-202",
      "/to-named-kept",
      "/to-named-file",
      "/to-missing",
      "/to-missing-named",
      "/variables?page=x",
    ),
    ...targets(
      "/variables?page=y",
      "/query",
      "/chain",
      "/empty-200",
      "/empty-302",
      "/empty-kept",
      "/empty-own",
      "/recursive",
      "/recursive-first",
      "/recursive-second",
      "/recursive-named",
      "/nested-named",
      "/cycle",
      "/reset",
      "/return-text",
      "/status-204",
      "/redirects-301",
      "/redirects-302",
    ),
    ...targets("/directory/", "/directory", "/bad-request"),
    { name: "HEAD of an error page", request: request("HEAD", "/missing") },
    { name: "POST becomes GET at an error page", request: request("POST", "/missing", "Content-Length: 0") },
    { name: "POST stays POST at a named location", request: request("POST", "/to-named", "Content-Length: 0") },
    { name: "POST to a file through error_page 405", request: request("POST", "/post-405.txt", "Content-Length: 0") },
    { name: "413 with a page that is limited, too", request: withContent("POST", "/limited-page", "abc") },
    { name: "413 with its page", request: withContent("POST", "/limit", "abc") },
    { name: "a conditional request gets the page whole", request: get("/missing", "If-Modified-Since: Thu, 29 Feb 2024 12:34:56 GMT") },
    { name: "a range of an error page", request: get("/missing", "Range: bytes=0-1") },
    { name: "a bad request does not look for a page", request: "GET /% HTTP/1.1\r\nHost: localhost\r\n\r\n" },
    { name: "content before an error page is skipped", request: withContent("POST", "/missing", "12345") + get("/return-418"), answers: 2 },
    { name: "204 of an upstream under another status", request: get("/empty-upstream") + get("/own"), answers: 2 },
    // nginx announces to keep the connection and closes it.
    { name: "a failed condition has its page", request: get("/judged/own.html", 'If-Match: "x"'), compare: { close: false } },
    { name: "a failed condition leads elsewhere", request: get("/judged-url/own.html", 'If-Match: "x"'), compare: { close: false } },
    { name: "a failed condition without a page", request: get("/own.html", 'If-Match: "x"'), compare: { close: false } },
    // nginx sends the refused answer's fields beside the page's.
    {
      name: "a range beyond the end has its page",
      request: get("/judged/own.html", "Range: bytes=1000-"),
      compare: { fields: ["Content-Range", "Content-Type", "Content-Length"], close: false },
    },
    { name: "a range beyond the end without a page", request: get("/own.html", "Range: bytes=1000-") },
  ],
  claims: [/rewrite or internal redirection cycle/],
});
