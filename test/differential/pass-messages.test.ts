/** What nginx says first of the directives of memcached_pass and of `*_limit_rate`, foregate says, at the same line. */

import { expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runForegate, runNginx } from "../integration/run-program.ts";

const KEY = "set $memcached_key $uri;";
const PASS = `${KEY} memcached_pass 127.0.0.1:1;`;

/** Contents of a location; each directive has a line. */
const ROWS: readonly string[] = [
  PASS,
  `${KEY} memcached_pass unix:/tmp/memcached.sock;`,
  `${KEY} memcached_pass named;`,
  `${KEY} if ($arg_a) { memcached_pass named; }`,
  "memcached_pass 127.0.0.1:1;",
  `${PASS} memcached_pass 127.0.0.1:2;`,
  `${KEY} memcached_pass;`,
  `${KEY} memcached_pass a b;`,
  `${KEY} memcached_pass 127.0.0.1;`,
  `${KEY} memcached_pass 127.0.0.1:1/uri;`,
  `${KEY} memcached_pass http://127.0.0.1:1;`,
  `${KEY} memcached_pass memcached://127.0.0.1:1;`,
  `${KEY} memcached_pass named:80;`,
  `${KEY} memcached_pass 127.0.0.1:99999;`,
  `${KEY} limit_except GET { memcached_pass 127.0.0.1:1; }`,
  `${PASS} memcached_gzip_flag 2;`,
  `${PASS} memcached_gzip_flag 0x2;`,
  `${PASS} memcached_gzip_flag -1;`,
  `${PASS} memcached_gzip_flag 1 2;`,
  `${PASS} memcached_gzip_flag 1; memcached_gzip_flag 1;`,
  `${PASS} memcached_next_upstream error timeout invalid_response not_found;`,
  `${PASS} memcached_next_upstream off;`,
  `${PASS} memcached_next_upstream http_404;`,
  `${PASS} memcached_next_upstream non_idempotent;`,
  `${PASS} memcached_next_upstream updating;`,
  `${PASS} memcached_next_upstream;`,
  `${PASS} memcached_next_upstream_tries x;`,
  `${PASS} memcached_next_upstream_timeout x;`,
  `${PASS} memcached_buffer_size 1;`,
  `${PASS} memcached_buffer_size 1m;`,
  `${PASS} memcached_buffer_size x;`,
  `${PASS} memcached_connect_timeout x;`,
  `${PASS} memcached_read_timeout 1m; memcached_read_timeout 2m;`,
  `${PASS} memcached_send_timeout;`,
  `${PASS} memcached_socket_keepalive maybe;`,
  `${PASS} memcached_bind 127.0.0.1;`,
  `${PASS} memcached_bind off;`,
  `${PASS} memcached_bind localhost;`,
  `${PASS} memcached_bind 127.0.0.1 opaque;`,
  `${PASS} memcached_bind $remote_addr;`,
  `${PASS} memcached_buffering off;`,
  `${PASS} memcached_force_ranges on;`,
  ...["proxy", "uwsgi"].flatMap((prefix) => [
    `${prefix}_limit_rate 1k;`,
    `${prefix}_limit_rate 0;`,
    `${prefix}_limit_rate x;`,
    `${prefix}_limit_rate -1;`,
    `${prefix}_limit_rate 1k 2k;`,
    `${prefix}_limit_rate 1k; ${prefix}_limit_rate 2k;`,
    `${prefix}_limit_rate;`,
  ]),
];

/** The first grave line, with the line's number where nginx gives one. */
function complaintOf({ stderr }: { readonly stderr: string }): readonly string[] {
  const text = /\[emerg\] (?:\d+#\d+: )?([^\n]*)/.exec(stderr)?.[1] ?? "accepted";
  return / in \S*t\.conf:\d+$/.test(text) ? (/^(.*) in \S*t\.conf:(\d+)$/.exec(text) ?? []).slice(1) : [text.replace(/ in \S+$/, "")];
}

requireOracle("nginx")("-t of a location that asks memcached, or limits a rate", () => {
  test.each(ROWS)("%s", (row) => {
    const lines = row.replaceAll(/(?<=[;{}]) /g, "\n");
    const prefix = createPrefix({
      "logs/": "",
      "t.conf": `events {}\nhttp { access_log off; upstream named { server 127.0.0.1:1; }\nserver { listen 127.0.0.1:1;\nlocation / {\n${lines}\n} } }`,
    });
    try {
      const args = ["-t", "-q", "-p", prefix, "-c", "t.conf"];
      const theirs = complaintOf(runNginx([...args, "-g", "pid nginx.pid;"], prefix));
      const ours = complaintOf(runForegate(args, prefix));
      // nginx knows no line where it misses a variable.
      expect(ours.slice(0, theirs.length)).toEqual(theirs);
    } finally {
      removePrefix(prefix);
    }
  });
});
