/** userid: the cookies that are set, kept, marked and reset. */

import { get, request } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const IDS = "got=$uid_got set=$uid_set";

const conf = `
http {
  userid_name id;
  server {
    listen 127.0.0.1:%%PORT%%;
    location /off { return 200 "${IDS}"; }
    location /log { userid log; return 200 "${IDS}"; }
    location /on { userid on; return 200 "got=$uid_got"; }
    location /v1 { userid v1; userid_service 9; return 200 "got=$uid_got"; }
    location /error { userid on; return 404; }
    location /mark { userid on; userid_mark A; return 200 "${IDS}"; }
    location /equals { userid on; userid_mark =; return 200 "${IDS}"; }
    location /expires { userid on; userid_mark A; userid_expires max; return 200 "x"; }
    location /off-expires { userid on; userid_mark A; userid_expires off; return 200 "x"; }
    location /attributes {
      userid on; userid_mark A; userid_domain example.test; userid_path /p; userid_flags secure httponly samesite=lax;
      userid_p3p 'policyref="/p3p.xml"'; return 200 "x";
    }
    location /reset { userid on; set $uid_reset $arg_r; return 200 "got=$uid_got"; }
  }
}`;

const COOKIE = "Cookie: other=1; id=fwAAAWGgAAAAAAAAAwMCAgA=";

/** Whether a cookie is set, not which: two servers never choose the same. */
const chosen = { fields: ["Content-Type"] };

const kept = (target: string, cookie = COOKIE): Row => ({ name: `GET ${target} with ${cookie}`, request: get(target, cookie) });

compareRows({
  name: "userid",
  conf,
  rows: [
    { name: "no cookie where it is off", request: get("/off") },
    { name: "a new cookie", request: get("/on"), compare: chosen },
    { name: "no cookie where it only logs", request: get("/log") },
    ...["/off", "/log", "/on", "/v1", "/error", "/mark", "/equals", "/expires", "/off-expires", "/attributes", "/reset", "/reset?r=0"].map(
      (target) => kept(target),
    ),
    kept("/on", "Cookie: id=short"),
    kept("/log", "Cookie: id=fwAAAWGgAAAAAAAAAwMCA*=="),
    kept("/log", "Cookie: id=AAAAAAAAAAAAAAAAAAAAAA=="),
    kept("/mark", "Cookie: id=fwAAAWGgAAAAAAAAAwMCAgB="),
    kept("/equals", "Cookie: id=fwAAAWGgAAAAAAAAAwMCAg=="),
    { name: "a reset", request: get("/reset?r=log", COOKIE), compare: chosen },
    { name: "HEAD", request: request("HEAD", "/mark", COOKIE) },
  ].map((row) => (row.name.includes("short") ? { ...row, compare: chosen } : row)),
});
