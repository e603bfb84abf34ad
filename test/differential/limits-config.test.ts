/** What nginx's `-t` says first about limits is what foregate says first, word for word; and it takes what nginx takes. */

import { afterAll, beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runForegate, runNginx } from "../integration/run-program.ts";

const HTTP_ROWS: readonly string[] = [
  "limit_req_zone;",
  "limit_req_zone $uri zone=a:32k;",
  "limit_req_zone $uri zone=a:32k rate=1r/s;",
  "limit_req_zone key zone=a:32k rate=1r/s;",
  "limit_req_zone '' zone=a:32k rate=1r/s;",
  "limit_req_zone $nope zone=a:32k rate=1r/s;",
  "limit_req_zone $uri rate=10 zone=a:1m;",
  "limit_req_zone $uri zone=a:1m rate=10r/h;",
  "limit_req_zone $uri zone=a:1m rate=0r/s;",
  "limit_req_zone $uri zone=a:1m rate=r/s;",
  "limit_req_zone $uri zone=a:1m rate=1.5r/s;",
  "limit_req_zone $uri zone=a:1m rate=-1r/s;",
  "limit_req_zone $uri zone=a:1m rate=1r/m;",
  "limit_req_zone $uri zone=a:1m rate=;",
  "limit_req_zone $uri zone=a rate=1r/s;",
  "limit_req_zone $uri zone=:32k rate=1r/s;",
  "limit_req_zone $uri zone=a: rate=1r/s;",
  "limit_req_zone $uri zone=a:x rate=1r/s;",
  "limit_req_zone $uri zone=a:1g rate=1r/s;",
  "limit_req_zone $uri zone=a:1k rate=1r/s;",
  "limit_req_zone $uri zone=a:32767 rate=1r/s;",
  "limit_req_zone $uri zone=a:32768 rate=1r/s;",
  "limit_req_zone $uri zone=a:-1 rate=1r/s;",
  "limit_req_zone $uri burst=5 rate=1r/s;",
  "limit_req_zone $uri rate=1r/s rate=2r/s;",
  "limit_req_zone $uri zone=a:32k zone=b:32k;",
  "limit_req_zone $uri zone=a:32k rate=1r/s; limit_req_zone $host zone=a:32k rate=1r/s;",
  "limit_req_zone $uri zone=a:32k rate=1r/s; limit_req_zone $host zone=a:64k rate=1r/s;",
  "limit_req_zone $uri zone=a:32k rate=1r/s; limit_conn_zone $host zone=a:32k;",
  "limit_conn_zone $host zone=a:32k; limit_req_zone $uri zone=a:32k rate=1r/s;",
  "limit_conn_zone $host;",
  "limit_conn_zone $host zone=a:32k;",
  "limit_conn_zone $host zone=a:1k;",
  "limit_conn_zone $host zone=a;",
  "limit_conn_zone $host zone=:32k;",
  "limit_conn_zone $host rate=1r/s;",
  "limit_conn_zone $host zone=a:32k; limit_conn_zone $uri zone=a:32k;",
  "limit_zone a $uri 32k;",
  "limit_req zone=r burst=5; limit_conn c 5;",
  "limit_req_status 429; limit_conn_status 429;",
  "limit_req_status 399;",
  "limit_req_status 600;",
  "limit_req_status x;",
  "limit_conn_status 399;",
  "limit_req_log_level warn; limit_conn_log_level notice;",
  "limit_req_log_level crit;",
  "limit_conn_log_level debug;",
  "limit_req_dry_run on; limit_conn_dry_run off;",
  "limit_req_dry_run yes;",
  "limit_req_status 400; limit_req_status 401;",
];

const LOCATION_ROWS: readonly string[] = [
  "limit_req;",
  "limit_req zone=r;",
  "limit_req r;",
  "limit_req zone=;",
  "limit_req burst=5;",
  "limit_req zone=r burst=5 nodelay;",
  "limit_req nodelay burst=5 zone=r;",
  "limit_req zone=r burst=5 delay=3;",
  "limit_req zone=r burst=5 delay=3 nodelay;",
  "limit_req zone=r burst=0;",
  "limit_req zone=r burst=x;",
  "limit_req zone=r burst=-1;",
  "limit_req zone=r delay=0;",
  "limit_req zone=r delay=x;",
  "limit_req zone=r nodelays;",
  "limit_req zone=nope;",
  "limit_req zone=c;",
  "limit_req zone=r; limit_req zone=r burst=5;",
  "limit_req zone=r; limit_req zone=s burst=5;",
  "limit_req_zone $uri zone=x:32k rate=1r/s;",
  "if ($uri) { limit_req zone=r; }",
  "if ($uri) { limit_conn c 1; }",
  "limit_except GET { limit_req zone=r; }",
  "limit_conn c;",
  "limit_conn c 1;",
  "limit_conn c 0;",
  "limit_conn c -1;",
  "limit_conn c x;",
  "limit_conn c 65535;",
  "limit_conn c 65536;",
  "limit_conn nope 1;",
  "limit_conn r 1;",
  "limit_conn c 1; limit_conn c 2;",
  "limit_conn c 1; limit_conn d 2;",
];

const ZONES =
  "limit_req_zone $uri zone=r:32k rate=1r/s; limit_req_zone $uri zone=s:32k rate=1r/s; limit_conn_zone $uri zone=c:32k; limit_conn_zone $uri zone=d:32k;";

let dir = "";
beforeAll(() => {
  dir = createPrefix({ "logs/": "" });
});
afterAll(() => removePrefix(dir));

/** The first complaint, without its place: nginx names none where a zone is missing. */
function complaint({ code, stderr }: { readonly code: number | null; readonly stderr: string }): string {
  return code === 0 ? "" : (/\[emerg\] (?:\d+#\d+: )?(.*?)(?: in \/\S+:\d+)?$/m.exec(stderr)?.[1] ?? stderr);
}

requireOracle("nginx")("the configuration of limits", () => {
  test.each([
    ...HTTP_ROWS.map((row) => [row, `${row} ${row.includes("_zone") ? "" : ZONES} server { listen 127.0.0.1:1; }`]),
    ...LOCATION_ROWS.map((row) => [row, `${ZONES} server { listen 127.0.0.1:1; location / { ${row} } }`]),
  ])("%s", (_row, http) => {
    const prefix = createPrefix({ "logs/": "", "t.conf": `events {}\nhttp {\naccess_log off;\n${http}\n}` });
    try {
      const args = ["-t", "-q", "-p", prefix, "-c", "t.conf"];
      const theirs = complaint(runNginx([...args, "-g", "pid nginx.pid;"], dir));
      expect(complaint(runForegate(args, dir))).toBe(theirs);
    } finally {
      removePrefix(prefix);
    }
  });
});
