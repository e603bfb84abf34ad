/** What both programs' `-t` say first of mistakes in `access_log`, `error_log`, `log_format` and `open_log_file_cache`: the same words. */

import { expect, test } from "vitest";
import { requireOracle } from "../harness/oracle.ts";
import { createPrefix, removePrefix } from "../harness/temporary-prefix.ts";
import { runForegate, runNginx } from "../integration/run-program.ts";

const SYSLOG = "access_log syslog:server=127.0.0.1";

const REFUSED = [
  "access_log off combined",
  "access_log logs/a.log none",
  "access_log logs/a.log combined gzip=0",
  "access_log logs/a.log combined gzip=10",
  "access_log logs/a.log combined gzip=",
  "access_log logs/a.log combined gzipped",
  "access_log logs/a.log combined buffer=",
  "access_log logs/a.log combined flush=5s",
  "access_log logs/a.log combined gzip flush=0",
  "access_log logs/a.log combined gzip; access_log logs/a.log combined gzip=2",
  "access_log logs/a.log combined gzip; access_log logs/a.log combined buffer=64k",
  "access_log logs/$host.log combined gzip",
  "access_log logs/$host.log combined buffer=1k",
  "access_log logs/$none.log",
  "access_log logs/a$.log",
  "access_log none/a.log",
  `${SYSLOG} combined buffer=1k`,
  `${SYSLOG} combined gzip`,
  `${SYSLOG} combined flush=1s`,
  `${SYSLOG} none`,
  `${SYSLOG},`,
  `${SYSLOG},facility=local8`,
  `${SYSLOG},facility=`,
  `${SYSLOG},severity=warning`,
  `${SYSLOG},tag=a-b`,
  `${SYSLOG},tag=${"t".repeat(33)}`,
  `${SYSLOG},tag=a,tag=b`,
  `${SYSLOG},server=127.0.0.1`,
  `${SYSLOG},nohostname=1`,
  `${SYSLOG}:0`,
  `${SYSLOG}:65536`,
  "access_log syslog:",
  "access_log syslog:server=",
  "access_log syslog:facility=mail",
  "error_log syslog:facility=mail",
  "error_log syslog:server=127.0.0.1,tag=-",
  "error_log syslog:server=127.0.0.1 loud",
  "error_log syslog:server=127.0.0.1 warn warn",
  "open_log_file_cache max=0",
  "open_log_file_cache max=a",
  "open_log_file_cache inactive=1",
  "open_log_file_cache max=1 inactive=1ms",
  "open_log_file_cache max=1 valid=a",
  "open_log_file_cache on",
];

const TAKEN = [
  "access_log logs/a.log combined gzip buffer=4k flush=1m",
  "access_log logs/a.log combined; access_log logs/a.log combined gzip=9",
  "access_log logs/${host}-$status.log COMBINED if=$arg_x",
  `${SYSLOG},nohostname,tag=,facility=cron,severity=emerg combined if=0`,
  `access_log syslog:server=[::1]; access_log syslog:server=[::1]:1`,
  "error_log syslog:server=127.0.0.1; error_log syslog:server=127.0.0.1,tag=b debug; error_log stderr crit",
  "open_log_file_cache off max=1",
  "open_log_file_cache max=1 min_uses=0 valid=0 inactive=1h",
];

function firstMistake(stderr: string): string | undefined {
  return /\[emerg\] (?:\d+#\d+: )?(.*?)(?: in [^\n]*t\.conf:\d+)?$/m.exec(stderr)?.[1];
}

requireOracle("nginx")("messages about logs", () => {
  test.each([...REFUSED.map((conf) => [conf, "is refused"]), ...TAKEN.map((conf) => [conf, "is taken"])])(
    "%s %s",
    (directives, verdict) => {
      const conf = `events {}\nhttp { access_log off;\nserver { listen 127.0.0.1:1;\nlocation / {\n${directives};\n} } }`;
      const prefix = createPrefix({ "logs/": "", "t.conf": conf });
      try {
        const args = ["-t", "-p", prefix, "-c", "t.conf"];
        const theirs = runNginx([...args, "-g", "pid nginx.pid;"], prefix);
        const ours = runForegate(args, prefix);
        expect([ours.code, firstMistake(ours.stderr)]).toEqual([theirs.code, firstMistake(theirs.stderr)]);
        expect(theirs.code).toBe(verdict === "is taken" ? 0 : 1);
      } finally {
        removePrefix(prefix);
      }
    },
  );
});
