/** What `-t` says of an `upstream` block: the same first mistake or warning as nginx, at the same line. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { type ProgramEnd, runForegate, runNginx } from "../integration/run-program.ts";

/** Contents of the block, which begins in line 3. */
const ROWS: readonly string[] = [
  "server 127.0.0.1:1;\nip_hash;",
  "server 127.0.0.1:1;\nleast_conn;",
  "server 127.0.0.1:1;\nhash $arg_a;",
  "server 127.0.0.1:1;\nhash $arg_a$uri consistent;",
  "server 127.0.0.1:1;\nrandom;",
  "server 127.0.0.1:1;\nrandom two;",
  "server 127.0.0.1:1;\nrandom two least_conn;",
  "zone a 64k;\nserver 127.0.0.1:1;",
  "zone a 64k;\nzone b 64k;\nserver 127.0.0.1:1;",
  "zone a 64k;\nserver 127.0.0.1:1;\n}\nupstream v {\nzone a;\nserver 127.0.0.1:1;",
  "ip_hash;\nserver 127.0.0.1:1 backup;\nserver 127.0.0.1:2;",
  "hash $uri;\nserver 127.0.0.1:1 backup;\nserver 127.0.0.1:2;",
  "random;\nserver 127.0.0.1:1 backup;\nserver 127.0.0.1:2;",
  "least_conn;\nserver 127.0.0.1:1 backup;\nserver 127.0.0.1:2;",
  "server 127.0.0.1:1 backup;\nserver 127.0.0.1:2;\nip_hash;",
  "hash $arg_a consistant;\nserver 127.0.0.1:1;",
  "hash;\nserver 127.0.0.1:1;",
  "ip_hash x;\nserver 127.0.0.1:1;",
  "least_conn x;\nserver 127.0.0.1:1;",
  "random one;\nserver 127.0.0.1:1;",
  "random two three;\nserver 127.0.0.1:1;",
  "random two least_conn x;\nserver 127.0.0.1:1;",
  "server 127.0.0.1:1;\nip_hash;\nleast_conn;",
  "server 127.0.0.1:1;\nip_hash;\nip_hash;",
  "hash $nope;\nserver 127.0.0.1:1;",
  "zone;\nserver 127.0.0.1:1;",
  "zone a 1;\nserver 127.0.0.1:1;",
  "zone a;\nserver 127.0.0.1:1;",
  'zone "" 64k;\nserver 127.0.0.1:1;',
  "zone a 64q;\nserver 127.0.0.1:1;",
  "server 127.0.0.1:1 max_conns=x;",
  "server 127.0.0.1:1 fail_timeout=x;",
  "server 127.0.0.1:1 weight=0;",
  ...[
    "resolver 127.0.0.1;",
    "resolver 127.0.0.1:5353 [::1]:53 valid=10s ipv6=off;",
    "resolver valid=10s;",
    "resolver;",
    "resolver 127.0.0.1 valid=x;",
    "resolver 127.0.0.1 ipv6=maybe;",
    "resolver 127.0.0.1:99999;",
    "resolver_timeout x;",
    "resolver 127.0.0.1;\nresolver 127.0.0.2;",
  ].map((line) => `server 127.0.0.1:1;\n}\n${line}\nupstream v {\nserver 127.0.0.1:1;`),
];

requireOracle("nginx")("-t of an upstream block", () => {
  let dir = "";
  beforeAll(() => {
    dir = createPrefix({ conf: "" });
  });
  afterAll(() => removePrefix(dir));

  test.each(ROWS)("%s", (content) => {
    const path = join(dir, "upstream.conf");
    writeFileSync(path, `events {}\nhttp { access_log off; upstream u {\n${content}\n} server { listen 127.0.0.1:1; } }\n`);
    const args = ["-t", "-p", dir, "-c", path, "-e", "stderr", "-g", `pid ${dir}/pid;`];
    const theirs = firstMessage(runNginx(args, dir));
    const ours = firstMessage(runForegate(args, dir));
    // nginx names no place where it has read the file to its end.
    if (theirs !== undefined && theirs.line === undefined) expect(ours?.message).toBe(theirs.message);
    else expect(ours).toEqual(theirs);
  });
});

function firstMessage({ stderr }: ProgramEnd) {
  const found = /\[(warn|emerg)\] (?:\d+#\d+: )?(.*?)(?: in \S+:(\d+))?$/m.exec(
    stderr.replace(/.*super-user.*\n|.*"user" directive.*\n/g, ""),
  );
  return found === null ? undefined : { level: found[1], message: found[2], line: found[3] };
}
