/** `proxy_cookie_domain`, `proxy_cookie_path` and `proxy_cookie_flags`: what becomes of an upstream's Set-Cookie. */

import { startOrigin } from "../harness/origin.ts";
import { get } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

/** By the number that the request names. */
const COOKIES: readonly string[] = [
  "id=1",
  "id=1; Domain=origin.test; Path=/app/x",
  "id=1; domain=.ORIGIN.test; PATH=/APP/x",
  "id=1;Domain=www.origin.test;Path=/;Secure;HttpOnly;SameSite=Lax",
  "id=a=b; Path=/app; Path=/app/2; expires=Thu, 01 Jan 2026 00:00:00 GMT; secure; samesite=strict",
  "id; Domain=origin.test",
  "=x; Domain=origin.test",
  "  id = 1 ;  Domain = origin.test ; Path ; Path=",
  "id=1; Domain=other.test; ; Path=/other",
  "session=1; Domain=origin.test; Max-Age=10",
  "SESSION=; Path=/app",
  "",
  "id=1; Secure=x; HttpOnly=; SameSite; SameSite=None",
];

const PLACES: Readonly<Record<string, string>> = {
  none: "",
  domain: "proxy_cookie_domain origin.test front.test;",
  domain_dots: "proxy_cookie_domain .origin.test .front.test;",
  domain_regex: "proxy_cookie_domain ~\\.?([a-z]+)\\.(test)$ $2.$1;",
  domain_named: "proxy_cookie_domain ~^(?<domain_word>[a-z]+)\\.test$ $domain_word.named;",
  path_named: "proxy_cookie_path ~^/app(?<path_rest>/.*)$ /named$path_rest;",
  domain_variables: "proxy_cookie_domain $arg_domain $host; proxy_cookie_domain origin.test second.test;",
  path: "proxy_cookie_path /app /; proxy_cookie_path / /root/;",
  path_regex: "proxy_cookie_path ~*^/app/(.+) /got/$1; proxy_cookie_path ~^/o.. /part;",
  flags: "proxy_cookie_flags id secure httponly samesite=strict; proxy_cookie_flags ~^s nosecure samesite=none;",
  flags_off: "proxy_cookie_flags ~. nosecure nohttponly nosamesite;",
  flags_variable: "proxy_cookie_flags $arg_cookie $arg_flag;",
  all: "proxy_cookie_domain origin.test front.test; proxy_cookie_path /app /front; proxy_cookie_flags id secure;",
};

const conf = `
events {}
http {
  server {
    listen 127.0.0.1:%%PORT%%;
    ${Object.entries(PLACES)
      .map(([name, lines]) => `location /${name} { ${lines} proxy_pass http://127.0.0.1:%%ORIGIN%%; }`)
      .join("\n    ")}
    location /outer { proxy_cookie_path /app /outer; proxy_pass http://127.0.0.1:%%ORIGIN%%;
      location /outer/off { proxy_cookie_path off; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
      location /outer/kept { proxy_cookie_domain origin.test kept.test; proxy_pass http://127.0.0.1:%%ORIGIN%%; }
    }
  }
}`;

const cookieOf = (target: string): string => COOKIES[Number(/[?&]n=(\d+)/.exec(target)?.[1] ?? 0)] ?? "";

const places = [...Object.keys(PLACES), "outer", "outer/off", "outer/kept"];

const rows: readonly Row[] = places.flatMap((place) =>
  COOKIES.map((cookie, n) => ({
    name: `${place} with "${cookie}"`,
    request: get(`/${place}?n=${n}&domain=ORIGIN.test&cookie=session&flag=secure`),
    compare: { fields: ["set-cookie"], close: false },
  })),
);

compareRows({
  name: "proxy_cookie",
  conf,
  origins: async () => {
    const origin = await startOrigin(
      ({ target }) => `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: ${cookieOf(target)}\r\nSet-Cookie: plain=1\r\n\r\nok`,
    );
    return { values: { ORIGIN: origin.port }, stop: () => origin.stop() };
  },
  rows,
});
