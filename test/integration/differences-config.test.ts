/** docs/differences-config.md and the programs agree: what `-t` of nginx and of foregate says to the configuration of each section. */

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runForegate, runNginx } from "./run-program.ts";

/** What a program's `-t` has to say, or that it has nothing to say. */
type Verdict = RegExp | "accepts";

interface Row {
  readonly slug: string;
  /** The content of `server`, or of the whole file where that has an "http". */
  readonly conf: string;
  readonly nginx: Verdict;
  readonly foregate: Verdict;
}

const DEEP = 101;
const LONG = "a".repeat(5000);

const ROWS: readonly Row[] = [
  { slug: "all-mistakes", conf: "rot a;\nlissten b;", nginx: /^(?!.*lissten).*unknown directive "rot"/s, foregate: /"rot".*"lissten"/s },
  { slug: "starting-line", conf: "root\na\nb;", nginx: /in [^\n]*:6\n/, foregate: /in [^\n]*:4\n/ },
  { slug: "starting-line", conf: 'root "a\nb;', nginx: /in [^\n]*:[67]\n/, foregate: /in [^\n]*:4\n/ },
  { slug: "long-parameters", conf: `root ${LONG};`, nginx: /too long parameter/, foregate: "accepts" },
  { slug: "long-parameters", conf: `root "${LONG}";`, nginx: /too long parameter/, foregate: "accepts" },
  {
    slug: "nested-blocks",
    conf: `${"location /a { ".repeat(DEEP)}${"} ".repeat(DEEP)}`,
    nginx: "accepts",
    foregate: /blocks are nested more than 100 deep/,
  },
  { slug: "added-field-names", conf: 'add_header "X: Y" 1;', nginx: "accepts", foregate: /invalid field name "X: Y"/ },
  {
    slug: "formats-in-any-order",
    conf: "events {}\nhttp { access_log logs/a.log later; log_format later $uri; server { listen 127.0.0.1:1; } }",
    nginx: /unknown log format "later"/,
    foregate: "accepts",
  },
  {
    slug: "names-of-upstreams",
    conf: "location / { proxy_pass http://no-such-host.invalid; }",
    nginx: /host not found in upstream "no-such-host\.invalid"/,
    foregate: "accepts",
  },
  {
    slug: "upgrade-timeouts",
    conf: "proxy_upgrade_timeout 1h; location / { uwsgi_upgrade_timeout 10m; uwsgi_pass 127.0.0.1:1; }",
    nginx: /unknown directive "proxy_upgrade_timeout"/,
    foregate: "accepts",
  },
  { slug: "regular-expressions", conf: "location ~ ^(a(?1)?b)$ { }", nginx: "accepts", foregate: /A subroutine call is not supported/ },
  {
    slug: "unsupported-directives",
    conf: "location / { scgi_pass 127.0.0.1:1; }",
    nginx: "accepts",
    foregate: /"scgi_pass" directive is not supported/,
  },
  { slug: "log-destinations", conf: "error_log memory:1m;", nginx: "accepts", foregate: /error_log to memory is not supported/ },
  {
    slug: "log-destinations",
    conf: "access_log syslog:server=no-such-host.invalid;",
    nginx: /host not found in syslog server "no-such-host\.invalid"/,
    foregate: "accepts",
  },
  {
    slug: "environment-in-configurations",
    conf: 'env_var FG_ANY 1;\nevents {}\nhttp { access_log off; server { listen 127.0.0.1:1; return 200 "$env_FG_ANY${env:FG_ANY}"; } }',
    nginx: /unknown directive "env_var"/,
    foregate: "accepts",
  },
];

let dir = "";
beforeAll(() => {
  dir = createPrefix({ "logs/": "" });
});
afterAll(() => removePrefix(dir));

requireOracle("nginx")("differences of configurations", () => {
  test.each(ROWS)("$slug", ({ conf, nginx, foregate }) => {
    const server = `events {}\nhttp { access_log off;\nserver { listen 127.0.0.1:1;\n${conf}\n} }`;
    const prefix = createPrefix({ "logs/": "", "t.conf": conf.includes("http {") ? conf : server });
    try {
      const args = ["-t", "-q", "-p", prefix, "-c", "t.conf"];
      check(runNginx([...args, "-g", "pid nginx.pid;"], dir), nginx);
      check(runForegate(args, dir), foregate);
    } finally {
      removePrefix(prefix);
    }
  });
});

test("each section about configurations has a row, and each row a section", () => {
  const page = readFileSync(new URL("../../docs/differences-config.md", import.meta.url), "utf8");
  const slugs = [...page.matchAll(/^### (.+)$/gm)].map((match) => match[1]);
  expect([...new Set(ROWS.map((row) => row.slug))]).toEqual(slugs);
});

function check({ code, stderr }: { readonly code: number | null; readonly stderr: string }, verdict: Verdict): void {
  if (verdict === "accepts") {
    expect([code, stderr.includes("[emerg]")]).toEqual([0, false]);
    return;
  }
  expect(code).toBe(1);
  expect(stderr).toMatch(verdict);
}
