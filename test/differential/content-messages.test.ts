/** What nginx says of wrong arguments to the directives of content, foregate says word for word; and it takes what nginx takes. */

import { expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runForegate, runNginx } from "../integration/run-program.ts";

/** The content of a server; `location` content stands in braces of its own. */
const SERVERS: readonly string[] = [
  "autoindex maybe;",
  "autoindex_format yaml;",
  "autoindex_format JSON;",
  "autoindex_exact_size 1;",
  "random_index on;",
  "location / { random_index on; }",
  "empty_gif;",
  "location / { empty_gif on; }",
  "location / { empty_gif; empty_gif; }",
  "gzip_static sometimes;",
  "gzip_static ALWAYS;",
  "valid_referers;",
  "valid_referers none;",
  "valid_referers blocked ~foo;",
  "valid_referers ~foo;",
  "valid_referers none server_names;",
  "valid_referers a.b a.b;",
  "valid_referers a.b/x a.b/y;",
  "valid_referers server_names site.test;",
  "valid_referers a.*b;",
  "valid_referers ~;",
  'valid_referers "";',
  "location / { valid_referers none; valid_referers a.b; }",
  "location / { if ($arg_x) { valid_referers a.b; } }",
  "secure_link_secret a; secure_link $uri;",
  "secure_link_secret a; secure_link_md5 $uri;",
  "secure_link_secret a; location / { secure_link $uri; }",
  "secure_link $uri; location / { secure_link_secret a; }",
  "secure_link $uri; secure_link $uri;",
  "secure_link $nonsense;",
  "dav_methods;",
  "dav_methods POST;",
  "dav_methods put PUT;",
  "dav_methods off;",
  "dav_access user:rw group:r all:x;",
  "dav_access user:rw group:r all:r;",
  "dav_access other:r;",
  "dav_access rw;",
  "dav_access user:r group:r all:r user:r;",
  "min_delete_depth -1;",
  "min_delete_depth 2;",
  "create_full_put_path yes;",
  "disable_symlinks maybe;",
  "disable_symlinks on from=$document_root;",
  "disable_symlinks from=/a;",
  "disable_symlinks off from=/a;",
  "disable_symlinks on from=;",
  "disable_symlinks on if_not_owner;",
  "disable_symlinks on maybe;",
  "disable_symlinks on from=/ x;",
  "location / { if ($arg_x) { disable_symlinks on; } }",
];

/** The first grave line without its time, process and place. */
function complaintOf({ stderr }: { readonly stderr: string }): string {
  const line = stderr.split("\n").find((each) => each.includes("[emerg]")) ?? "";
  return line.replace(/^.*\[emerg\] (?:\d+#\d+: )?/, "").replace(/ in \/\S*:\d+$/, "");
}

requireOracle("nginx")("messages about content", () => {
  test.each(SERVERS)("%s", (content) => {
    const conf = `events {}\nhttp { access_log off;\nserver { listen 127.0.0.1:1; server_name site.test;\n${content}\n} }`;
    const prefix = createPrefix({ "logs/": "", "t.conf": conf });
    try {
      const args = ["-t", "-q", "-p", prefix, "-c", "t.conf"];
      const nginx = complaintOf(runNginx([...args, "-g", "pid nginx.pid;"], prefix));
      expect(complaintOf(runForegate(args, prefix))).toBe(nginx);
    } finally {
      removePrefix(prefix);
    }
  });
});
