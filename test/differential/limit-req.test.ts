/** `limit_req`: who passes, who is delayed and who is rejected, and what is logged of it. */

import { expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import type { RunningServer } from "../harness/running-server.ts";
import { startForegate } from "../harness/start-foregate.ts";
import { startNginx } from "../harness/start-nginx.ts";
import { get } from "./requests.ts";
import { compareRows, type Row } from "./run-rows.ts";

const conf = `
http {
  limit_req_zone $arg_k zone=minute:32k rate=1r/m;
  limit_req_zone $arg_k zone=again:32k rate=1r/m;
  limit_req_zone $arg_k zone=fast:32k rate=5r/s;
  limit_req_zone $arg_k zone=dry:32k rate=5r/s;
  limit_req_zone $arg_j zone=other:32k rate=2r/m;
  limit_req_zone $arg_k$arg_j zone=bare:32k rate=100;
  limit_req_zone $server_port zone=port:32k rate=1r/m;
  add_header X-Status "[$limit_req_status]" always;

  server {
    listen 127.0.0.1:%%PORT%%;
    root %%DIR%%/www;
    error_page 418 /teapot;
    location / { limit_req zone=minute; }
    location /burst { limit_req zone=minute burst=3 nodelay; try_files /f =404; }
    location /delay { limit_req zone=minute burst=4 delay=2; limit_req_dry_run on; try_files /f =404; }
    location /dry { limit_req zone=dry burst=2; limit_req_dry_run on; try_files /f =404; }
    location /slow { limit_req zone=fast burst=5; try_files /f =404; }
    location /slow-some { limit_req zone=fast burst=5 delay=2; try_files /f =404; }
    location /429 { limit_req zone=minute; limit_req_status 429; limit_req_log_level notice; try_files /f =404; }
    location /teapot { limit_req zone=port; return 200 never; }
    location /page { limit_req zone=minute; limit_req_status 418; try_files /f =404; }
    location /two { limit_req zone=minute burst=5 nodelay; limit_req zone=other burst=1 nodelay; try_files /f =404; }
    location /two-turned { limit_req zone=other burst=1 nodelay; limit_req zone=minute burst=5 nodelay; try_files /f =404; }
    location /two-delays { limit_req zone=fast burst=5; limit_req zone=dry burst=9; try_files /f =404; }
    location /inner { limit_req zone=minute; try_files /none @named; }
    location @named { limit_req zone=again; try_files /f =404; }
    location /bare { limit_req zone=bare burst=1 nodelay; try_files /f =404; }
    location /returned { limit_req zone=minute; return 200 "rewrite comes first"; }
    location /off { try_files /f =404; }
  }
  server {
    listen 127.0.0.1:%%PORT%%;
    server_name inherits;
    root %%DIR%%/www;
    limit_req zone=minute burst=1 nodelay;
    location / { try_files /f =404; }
    location /own { limit_req zone=again; try_files /f =404; }
  }
}`;

const files = { "www/f": "content", "www/teapot": "tea" };

/** The same request, sent `times` times on one connection. */
const repeated = (target: string, times: number, ...fieldLines: readonly string[]): Row => ({
  name: `${target}, ${times} times`,
  request: get(target, ...fieldLines).repeat(times),
  answers: times,
  compare: { fields: ["X-Status", "Content-Length"] },
});

const ROWS: readonly Row[] = [
  repeated("/f", 3),
  repeated("/f?k=a", 3),
  repeated("/f?k=a", 1),
  repeated("/f?k=b", 2),
  repeated("/burst?k=c", 7),
  repeated("/delay?k=d", 8),
  repeated("/dry?k=e", 6),
  repeated("/slow?k=f", 4),
  repeated("/slow-some?k=g", 5),
  repeated("/429?k=h", 2),
  repeated("/page?k=i", 3),
  repeated("/two?k=j", 7),
  repeated("/two?k=k&j=k", 5),
  repeated("/two?j=l", 5),
  repeated("/two-turned?k=m&j=m", 5),
  repeated("/two-turned?k=n", 8),
  repeated("/two-turned?j=n", 4),
  repeated("/two-delays?k=o", 4),
  repeated("/inner?k=p", 3),
  repeated("/bare?k=q&j=q", 4),
  repeated("/returned?k=r", 3),
  repeated("/off?k=a", 3),
  {
    ...repeated("/own?k=s", 3),
    name: "a server's own limit, and a location's in its stead",
    request: `${get("/x?k=s").replace("localhost", "inherits").repeat(3)}${get("/own?k=s").replace("localhost", "inherits").repeat(2)}`,
    answers: 5,
  },
  repeated(`/f?k=${"x".repeat(3000)}`, 3),
];

compareRows({ name: "limit_req", conf, files, rows: ROWS });

/** What a server says of limits: level and message, without the facts about the request. */
function limitLines(server: RunningServer): readonly string[] {
  const lines = [...server.errorLog().matchAll(/\[(\w+)\] [^:]*: (?:\*\d+ )?((?:limiting|delaying) request.*? by zone "\w+")/g)];
  return lines.map(([, level, message]) => `${level} ${message}`);
}

requireOracle("nginx")("limit_req's log lines", () => {
  test("are nginx's, with the same excess where nothing leaks away meanwhile", async () => {
    await using nginx = await startNginx({ conf, files });
    await using foregate = await startForegate({ conf, files });
    for (const server of [nginx, foregate]) {
      for (const target of ["/f?k=a", "/burst?k=b", "/429?k=c", "/delay?k=d", "/dry?k=e", "/two?k=f&j=f"]) {
        await server.exchange(get(target).repeat(6), { answers: 6 });
      }
    }
    // A minute's rate leaks a thousandth in 60 ms; the faster zone's figures depend on the moment.
    const rounded = (lines: readonly string[]): readonly string[] =>
      lines.map((line) => line.replace(/\d+\.\d+/, (excess) => (line.includes('dry"') ? "?" : Number(excess).toFixed(1))));
    expect(rounded(limitLines(foregate))).toEqual(rounded(limitLines(nginx)));
    expect(limitLines(foregate).length).toBeGreaterThan(15);
  });
});
