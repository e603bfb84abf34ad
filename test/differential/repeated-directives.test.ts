/** A directive that stands twice in one block: taken where nginx takes it, refused in nginx's words where nginx refuses it. */

import { expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { type ProgramEnd, runForegate, runNginx } from "../integration/run-program.ts";

const IN_LOCATION: readonly string[] = [
  "internal; internal;",
  "stub_status; stub_status;",
  "gzip_proxied any; gzip_proxied expired;",
  "gzip_proxied any; gzip_proxied sometimes;",
  "keepalive_disable msie6; keepalive_disable safari;",
  "dav_methods PUT; dav_methods DELETE;",
  "userid_flags secure; userid_flags httponly;",
  "proxy_ssl_protocols TLSv1.2; proxy_ssl_protocols TLSv1.3;",
  "proxy_next_upstream error; proxy_next_upstream timeout;",
  "proxy_ignore_headers Vary; proxy_ignore_headers Expires;",
  "types { a/b c; } types { a/b d; }",
  "index a; index b;",
  "gzip_comp_level 1; gzip_comp_level 1;",
  "sendfile on; sendfile off;",
  "tcp_nodelay on; tcp_nodelay on;",
  "types_hash_max_size 1; types_hash_max_size 1;",
  "postpone_output 1; postpone_output 1;",
];

const IN_SERVER: readonly string[] = [
  "ssl_protocols TLSv1.2; ssl_protocols TLSv1.3;",
  "ssl_session_cache builtin:100; ssl_session_cache shared:a:1m;",
  "ssl_session_timeout 1m; ssl_session_timeout 1m;",
];

requireOracle("nginx")("a directive twice is judged as by nginx", () => {
  test.each([...IN_LOCATION.map((row) => [row, `location / { ${row} }`]), ...IN_SERVER.map((row) => [row, row])])("%s", (_row, content) => {
    const prefix = createPrefix({ "logs/": "", "t.conf": `events {}\nhttp { access_log off; server { listen 127.0.0.1:1; ${content} } }` });
    try {
      const args = ["-t", "-p", prefix, "-c", "t.conf"];
      expect(verdictOf(runForegate(args, prefix))).toBe(verdictOf(runNginx([...args, "-g", "pid nginx.pid;"], prefix)));
    } finally {
      removePrefix(prefix);
    }
  });
});

function verdictOf({ code, stderr }: ProgramEnd): string {
  return code === 0 ? "accepted" : (/\[emerg\] (?:\d+#\d+: )?(.*?) in /.exec(stderr)?.[1] ?? stderr);
}
